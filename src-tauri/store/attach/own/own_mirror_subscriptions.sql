-- A customer's subscriptions as Stripe has them, for the customer, with the rights of whoever reads.
create view console.own_mirror_subscriptions with (security_invoker = true) as
select t.user_id, t.status, t.current_period_end, t.cancel_at_period_end, t.created_at
from console.stripe_subscriptions t;
