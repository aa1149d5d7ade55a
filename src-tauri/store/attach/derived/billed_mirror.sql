-- Stripe's invoices that no table of the service has, in the columns of `billed_invoices`, and Stripe's customer.
--
-- An invoice that the service keeps itself stands for the mirror's: known by Stripe's id, or by its number or its payment
-- where the same user has it. An open one that was tried in vain is marked as failed, and a paid one of which everything went
-- back as refunded, as the service's own tables would be told (`console.stripe_settle_bills`).
create view console.billed_mirror as
select
  'stripe_invoices'::text as origin,
  i.id,
  i.number,
  i.user_id,
  i.total as amount,
  upper(i.currency) as currency,
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
  i.id as stripe_invoice_id,
  i.payment_intent_id as stripe_payment_intent_id,
  i.recorded_standing,
  i.charge_failed,
  i.charge_refunded,
  i.customer_id
from (
  select
    t.*,
    case when t.status in ('draft', 'open', 'paid', 'void', 'uncollectible') then t.status else 'unknown' end
      as recorded_standing,
    coalesce(t.attempt_count > 0, false) as charge_failed,
    coalesce(t.amount_paid > 0 and (
      -- A payment is there as what was intended and as what was charged: of the two, whichever heard of more.
      select sum(p.refunded)
      from (
        select max(m.amount_refunded) as refunded
        from console.stripe_payments m
        where m.invoice_id = t.id or m.payment_intent_id = t.payment_intent_id
        group by coalesce(m.payment_intent_id, m.id)
      ) p
    ) >= t.amount_paid, false) as charge_refunded
  from console.stripe_invoices t
  where t.livemode = (select m.livemode from console.stripe_mode m)
    and not exists (select from console.invoices k where k.origin = 'invoices' and k.stripe_invoice_id = t.id)
    and not exists (select from console.invoices k where k.origin = 'billing_history' and k.stripe_invoice_id = t.id)
    and not exists (
      select from console.invoices k
      where k.origin = 'invoices' and k.user_id = t.user_id
        and (k.number = t.number or k.stripe_payment_intent_id = t.payment_intent_id)
    )
    and not exists (
      select from console.invoices k
      where k.origin = 'billing_history' and k.user_id = t.user_id
        and (k.number = t.number or k.stripe_payment_intent_id = t.payment_intent_id)
    )
) as i;
