-- Subscriptions in the columns of `billed_invoices`. They promise amounts and are none: the amount is null.
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
  false as charge_refunded
from console.subscriptions s;
