-- Stripe's invoices that no table of the service has, in the columns of `billed_invoices`, and Stripe's customer.
--
-- An invoice that the service keeps itself stands for the mirror's: known by Stripe's id, or by its number or its payment
-- where the same user has it; a number alone is nobody's, since two customers may have the same. An open one of which a
-- payment failed is marked as failed (that it was tried says nothing: a bank may take days), and a paid one of which
-- everything went back as refunded, as the service's own tables would be told (`console.stripe_settle_bills`).
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
  i.paid_by as stripe_payment_intent_id,
  i.recorded_standing,
  i.charge_failed,
  i.charge_refunded,
  case when i.recorded_standing = 'open' then
    coalesce(i.amount_remaining, coalesce(i.amount_due, i.total) - coalesce(i.amount_paid, 0))
  end as remaining,
  null::text as stripe_says,
  i.customer_id
from (
  select
    t.*,
    case when t.status in ('draft', 'open', 'paid', 'void', 'uncollectible') then t.status else 'unknown' end
      as recorded_standing,
    case when t.status = 'open' then coalesce(t.failing, false) or (t.attempt_count > 0 and exists (
      select from console.stripe_subscriptions s where s.id = t.subscription_id and s.status in ('past_due', 'unpaid')
    )) else false end as charge_failed,
    -- Counted when Stripe says it, and in an index.
    t.went_back is true as charge_refunded
  from console.stripe_invoices t
  where t.livemode = (select m.livemode from console.stripe_mode m)
    and t.deleted is not true
    and not exists (select from console.invoices k where k.origin = 'invoices' and k.stripe_invoice_id = t.id)
    and not exists (select from console.invoices k where k.origin = 'billing_history' and k.stripe_invoice_id = t.id)
    and not exists (
      select from console.invoices k
      where k.origin = 'invoices' and k.user_id = t.user_id
        and (k.number = t.number or k.stripe_payment_intent_id = t.paid_by)
    )
    and not exists (
      select from console.invoices k
      where k.origin = 'billing_history' and k.user_id = t.user_id
        and (k.number = t.number or k.stripe_payment_intent_id = t.paid_by)
    )
) as i;
