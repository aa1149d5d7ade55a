-- One user's page: profile, terms, seat and instance, the credits of the account that pays, and what decides
-- whether the person can work.
--
-- $1 user id · $2 first of the month · $3 today · $4 now
--
-- What is one value is asked by a sub-select: joined, these would have the planner weigh orders of joins for
-- longer than the page takes to read.
select
  u.id, u.name, u.email, u.status, u.account_owner_id,
  case when u.account_owner_id is null then u.billing_mode else o.billing_mode end as plan,
  u.created_at, u.last_login_at,
  o.name as owner_name, o.email as owner_email, o.status as owner_status,
  coalesce(o.company, case when o.id is null then u.company end) as company,
  (select count(*) from console.users m
   where m.account_owner_id = payer.id and m.status is distinct from 'deleted') as members,
  seat.cluster_id, k.name as cluster_name, k.status as cluster_status,
  coalesce(seat.hopsworks_username, u.hopsworks_username) as hopsworks_username,
  coalesce(seat.hopsworks_username, u.hopsworks_username) is not null as has_hopsworks_user,
  (select sum(d.total_cost) from console.usage_daily d
   where d.user_id = u.id and d.date between $2 and $3) as month_cost,
  instance.status as instance_status,
  c.total_purchased, c.total_used, c.free_credits_granted, c.free_credits_used,
  c.user_id is not null as has_credits, c.last_purchase_at,
  (select s.per_day from console.credit_standing s where s.account_id = payer.id) as per_day,
  (select count(*) from console.open_invoices i
   where i.user_id = payer.id and (i.failed or i.due_at < $4)) as invoices_overdue,
  null::bigint as matching_rows,
  coalesce(u.is_admin, false) as is_admin,
  u.registration_source, u.registration_ip, u.login_count,
  u.stripe_customer_id, u.stripe_subscription_status, u.stripe_subscription_id,
  u.spending_cap, u.feature_flags, u.auto_refill_enabled, u.auto_refill_amount, u.auto_refill_threshold,
  u.downgrade_deadline, u.terms_accepted_at, u.marketing_consent, u.promo_code,
  u.deleted_at, u.deletion_reason,
  seat.assigned_at, seat.assigned_by,
  instance.name as instance_name, instance.url as instance_url,
  instance.activated_at as instance_activated_at, instance.found as has_instance
from console.users u
left join console.users o on o.id = u.account_owner_id
cross join lateral (select coalesce(u.account_owner_id, u.id) as id) payer
left join console.user_credits c on c.user_id = payer.id
left join lateral (
  select a.cluster_id, a.hopsworks_username, a.assigned_at, a.assigned_by
  from console.cluster_assignments a
  where a.user_id = u.id
  order by a.assigned_at desc nulls last
  limit 1
) seat on true
left join console.clusters k on k.id = seat.cluster_id
left join lateral (
  select true as found, i.name, i.url, i.status, i.activated_at
  from console.instances i
  where i.user_id = payer.id and i.deleted_at is null
  limit 1
) instance on true
where u.id = $1
