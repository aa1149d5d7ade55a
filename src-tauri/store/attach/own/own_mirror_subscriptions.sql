-- A customer's subscriptions as Stripe has them, for the customer, with the rights of whoever reads. One that is to end on a
-- date ends with its period if that is not later.
create view console.own_mirror_subscriptions with (security_invoker = true) as
select
  t.user_id,
  t.status,
  t.current_period_end,
  t.cancel_at_period_end or (t.cancel_at is not null and (t.cancel_at <= t.current_period_end) is not false) as cancel_at_period_end,
  t.created_at
from console.stripe_subscriptions t;
