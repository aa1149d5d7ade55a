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
    -- Where the database has no column for it at all, amounts are taken for dollars.
  ), (
    select upper(t.currency) from console.stripe_invoices t
    where t.id = i.stripe_invoice_id and t.livemode = (select m.livemode from console.stripe_mode m)
  ), (
    select upper(t.currency) from console.stripe_invoices t
    where t.user_id = i.user_id and t.number = i.number and t.livemode = (select m.livemode from console.stripe_mode m)
    order by t.currency limit 1
  ), case when not exists (
    select from console.attached_columns c
    where c.view_name = 'invoices' and c.column_name = 'currency' and c.source is not null
  ) then 'USD' end) as currency,
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
  i.charge_refunded,
  -- What is still to be paid of one that waits for money: what Stripe says of it, as it knows of payments in part and of
  -- credit notes; else the amount.
  case when i.recorded_standing in ('open', 'overdue', 'failed') then coalesce((
    select t.amount_remaining from console.stripe_invoices t
    where t.id = i.stripe_twin and t.status = 'open' and (upper(t.currency) = upper(i.currency)) is not false
  ), i.amount) end as remaining,
  i.stripe_says
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
