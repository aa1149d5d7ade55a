-- Invoices, each with the one word it stands under. A service that keeps both `invoices` and
-- `billing_history` lists a charge in each: the invoice stands for both, a failed charge of an open invoice
-- marks it as failed, and a refunded charge of a paid one as refunded.
--
-- Words nobody knows are `unknown`. Nothing here is `overdue` by its date: that depends on the moment.
-- A single select without a join, so that a list in order stops after its page. What the standing is made of
-- stands behind it, for a list that asks for one standing only: the word alone, and what a charge says of it.
create view console.billed_invoices as
select
  i.origin,
  i.id,
  i.number,
  i.user_id,
  i.amount,
  coalesce(upper(i.currency), (
    select upper(h.currency) from console.invoices h
    where h.origin = 'billing_history' and h.user_id = i.user_id
      and (h.number = i.number or h.stripe_invoice_id = i.stripe_invoice_id)
    order by h.currency
    limit 1
  )) as currency,
  i.status,
  case
    when i.recorded_standing = 'open' and i.charge_failed then 'failed'
    when i.recorded_standing = 'paid' and i.charge_refunded then 'refunded'
    else i.recorded_standing
  end as standing,
  i.period_start,
  i.period_end,
  i.due_at,
  i.paid_at,
  i.created_at,
  i.description,
  i.hosted_url,
  i.stripe_invoice_id,
  i.stripe_payment_intent_id,
  i.recorded_standing,
  i.charge_failed,
  i.charge_refunded
from (
  select
    v.*,
    exists (
      select from console.invoices h
      where h.origin = 'billing_history' and lower(h.status) = 'failed'
        and h.user_id = v.user_id and h.number = v.number
    ) or exists (
      select from console.invoices h
      where h.origin = 'billing_history' and lower(h.status) = 'failed'
        and h.user_id = v.user_id and h.stripe_invoice_id = v.stripe_invoice_id
    ) as charge_failed,
    exists (
      select from console.invoices h
      where h.origin = 'billing_history' and lower(h.status) = 'refunded'
        and h.user_id = v.user_id and h.number = v.number
    ) or exists (
      select from console.invoices h
      where h.origin = 'billing_history' and lower(h.status) = 'refunded'
        and h.user_id = v.user_id and h.stripe_invoice_id = v.stripe_invoice_id
    ) as charge_refunded
  from console.recorded_invoices v
  where v.origin = 'invoices'
) as i;
