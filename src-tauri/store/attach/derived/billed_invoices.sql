-- Invoices, each with the one word it stands under. A service that keeps both `invoices` and
-- `billing_history` lists a charge in each: the invoice stands for both, a failed charge of an open invoice
-- marks it as failed, and a refunded charge of a paid one as refunded.
--
-- Words nobody knows are `unknown`. Nothing here is `overdue` by its date: that depends on the moment.
-- A single select without a join, so that a list in order stops after its page.
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
    when lower(i.status) = 'draft' then 'draft'
    when lower(i.status) in ('open', 'pending', 'unpaid') then
      case when exists (
          select from console.invoices h
          where h.origin = 'billing_history' and lower(h.status) = 'failed'
            and h.user_id = i.user_id and h.number = i.number
        ) or exists (
          select from console.invoices h
          where h.origin = 'billing_history' and lower(h.status) = 'failed'
            and h.user_id = i.user_id and h.stripe_invoice_id = i.stripe_invoice_id
        ) then 'failed' else 'open' end
    when lower(i.status) in ('past_due', 'overdue') then 'overdue'
    when lower(i.status) = 'failed' then 'failed'
    when lower(i.status) in ('paid', 'succeeded') then
      case when exists (
          select from console.invoices h
          where h.origin = 'billing_history' and lower(h.status) = 'refunded'
            and h.user_id = i.user_id and h.number = i.number
        ) or exists (
          select from console.invoices h
          where h.origin = 'billing_history' and lower(h.status) = 'refunded'
            and h.user_id = i.user_id and h.stripe_invoice_id = i.stripe_invoice_id
        ) then 'refunded' else 'paid' end
    when lower(i.status) = 'refunded' then 'refunded'
    when lower(i.status) in ('credited', 'credit_note') then 'credited'
    when lower(i.status) in ('void', 'voided') then 'void'
    when lower(i.status) = 'uncollectible' then 'uncollectible'
    else 'unknown'
  end as standing,
  i.period_start,
  i.period_end,
  i.due_at,
  i.paid_at,
  i.created_at,
  i.description,
  i.hosted_url,
  i.stripe_invoice_id,
  i.stripe_payment_intent_id
from console.invoices i
where i.origin = 'invoices';
