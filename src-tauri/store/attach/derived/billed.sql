-- Everything that is billed, each thing once: invoices, charges without one, subscriptions, and what Stripe alone has.
create view console.billed as
select * from console.billed_invoices
union all
select * from console.billed_charges
union all
select * from console.billed_subscriptions
union all
select
  m.origin, m.id, m.number, m.user_id, m.amount, m.currency, m.status, m.standing, m.period_start, m.period_end, m.due_at,
  m.paid_at, m.created_at, m.description, m.hosted_url, m.stripe_invoice_id, m.stripe_payment_intent_id,
  m.recorded_standing, m.charge_failed, m.charge_refunded, m.remaining, m.stripe_says
from console.billed_mirror m;
