-- A customer's invoices that Stripe alone has, for the customer: as in `billed_mirror`, with the rights of whoever reads.
create view console.own_mirror with (security_invoker = true) as
select
  t.number,
  t.user_id,
  t.total as amount,
  t.currency,
  case when t.status = 'paid' and t.went_back then 'refunded' else t.status end as status,
  t.description,
  t.hosted_url,
  t.period_start,
  t.period_end,
  t.created_at,
  case when t.status = 'paid' then coalesce(t.paid_at, t.as_of) end as paid_at
from console.stripe_invoices t
where t.status <> 'draft'
  -- Also where the service keeps it for somebody else, or does not show it to this one.
  and not console.kept_by_service(t.id)
  and not exists (
    select from console.own_invoices k
    where k.user_id = t.user_id and (k.number = t.number or k.stripe_payment_intent_id = t.paid_by)
  );
