-- Entries of the billing history that no invoice stands for, each with the one word it stands under, as in
-- `billed_invoices`.
create view console.billed_charges as
select
  h.origin,
  h.id,
  h.number,
  h.user_id,
  h.amount,
  upper(h.currency) as currency,
  h.status,
  h.recorded_standing as standing,
  h.period_start,
  h.period_end,
  h.due_at,
  h.paid_at,
  h.created_at,
  h.description,
  h.hosted_url,
  h.stripe_invoice_id,
  h.stripe_payment_intent_id,
  h.recorded_standing,
  false as charge_failed,
  false as charge_refunded
from console.recorded_invoices h
where h.origin = 'billing_history'
  -- Two conditions rather than one with `or`: each is a lookup in an index, or a hash of its own.
  and not exists (
    select from console.invoices i
    where i.origin = 'invoices' and i.user_id = h.user_id and i.number = h.number
  )
  and not exists (
    select from console.invoices i
    where i.origin = 'invoices' and i.user_id = h.user_id and i.stripe_invoice_id = h.stripe_invoice_id
  );
