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
  case
    when lower(h.status) = 'draft' then 'draft'
    when lower(h.status) in ('open', 'pending', 'unpaid') then 'open'
    when lower(h.status) in ('past_due', 'overdue') then 'overdue'
    when lower(h.status) = 'failed' then 'failed'
    when lower(h.status) in ('paid', 'succeeded') then 'paid'
    when lower(h.status) = 'refunded' then 'refunded'
    when lower(h.status) in ('credited', 'credit_note') then 'credited'
    when lower(h.status) in ('void', 'voided') then 'void'
    when lower(h.status) = 'uncollectible' then 'uncollectible'
    else 'unknown'
  end as standing,
  h.period_start,
  h.period_end,
  h.due_at,
  h.paid_at,
  h.created_at,
  h.description,
  h.hosted_url,
  h.stripe_invoice_id,
  h.stripe_payment_intent_id
from console.invoices h
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
