-- Entries of the billing history that no invoice stands for, each with the one word it stands under, as in
-- `billed_invoices`.
create view console.billed_charges as
select
  h.origin,
  h.id,
  h.number,
  h.user_id,
  h.amount,
  -- Where the database has no column for it at all, amounts are taken for dollars.
  coalesce(upper(h.currency), (
    select upper(t.currency) from console.stripe_invoices t
    where t.id = h.stripe_invoice_id and t.livemode = (select m.livemode from console.stripe_mode m)
  ), (
    select upper(t.currency) from console.stripe_invoices t
    where t.user_id = h.user_id and t.number = h.number and t.livemode = (select m.livemode from console.stripe_mode m)
    order by t.currency limit 1
  ), case when not exists (
    select from console.attached_columns c
    where c.view_name = 'invoices' and c.column_name = 'currency' and c.source is not null
  ) then 'USD' end) as currency,
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
  false as charge_refunded,
  -- What is still to be paid of one that waits for money: what Stripe says of it, as it knows of payments in part and of
  -- credit notes; else the amount.
  case when h.recorded_standing in ('open', 'overdue', 'failed') then coalesce((
    select t.amount_remaining from console.stripe_invoices t
    where t.id = h.stripe_twin and t.status = 'open' and (upper(t.currency) = upper(h.currency)) is not false
  ), h.amount) end as remaining,
  h.stripe_says
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
