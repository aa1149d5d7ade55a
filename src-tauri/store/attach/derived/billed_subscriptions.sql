-- Subscriptions in the columns of `billed_invoices`: the service's own, and those that Stripe alone has. They promise
-- amounts and are none: the amount is null.
create view console.billed_subscriptions as
select
  'subscriptions'::text as origin,
  s.id,
  s.stripe_subscription_id as number,
  s.user_id,
  null::numeric as amount,
  null::text as currency,
  s.status,
  'subscription'::text as standing,
  s.current_period_start as period_start,
  s.current_period_end as period_end,
  null::timestamptz as due_at,
  null::timestamptz as paid_at,
  s.created_at,
  null::text as description,
  null::text as hosted_url,
  null::text as stripe_invoice_id,
  null::text as stripe_payment_intent_id,
  'subscription'::text as recorded_standing,
  false as charge_failed,
  false as charge_refunded,
  null::numeric as remaining,
  null::text as stripe_says
from console.subscriptions s
union all
select
  'subscriptions', t.id, t.id, t.user_id, null, null, t.status, 'subscription', t.current_period_start, t.current_period_end,
  null, null, t.created_at, null, null, null, null, 'subscription', false, false, null,
  null
from console.stripe_subscriptions t
where t.livemode = (select m.livemode from console.stripe_mode m)
  and not exists (select from console.subscriptions s where s.stripe_subscription_id = t.id);
