-- One page of all users by e-mail, without a filter: which rows (keyset), then what each row shows.
--
-- $1 first of the month · $2 now · $3 descending; after: $4 key is null · $5 key · $6 id; $7 limit
--
-- What takes time is not to read the page but to plan it, at each call anew. So each order has a file, which
-- says nothing that this order does not need; `users_page.sql` gives the same rows for any order and filter.
-- Users without a value come last, by id. The direction that is not asked for stands outside of its limit,
-- where the planner sees that it is false. Above ten thousand users the rollup's count will do.
with page as (
  -- Everybody has an e-mail, if an empty one; where it is not kept unique, the id breaks ties.
  select * from (
    select u.id, u.name, u.email, u.status, u.account_owner_id, u.billing_mode, u.created_at, u.last_login_at,
           u.company, u.hopsworks_username,
           row_number() over (order by u.email desc, u.id desc) as position
    from console.users u
    where $5::text is null or (u.email, u.id) < ($5, $6)
    order by u.email desc, u.id desc limit $7
  ) down where $3::boolean and not $4::boolean
  union all
  select * from (
    select u.id, u.name, u.email, u.status, u.account_owner_id, u.billing_mode, u.created_at, u.last_login_at,
           u.company, u.hopsworks_username,
           row_number() over (order by u.email, u.id) as position
    from console.users u
    where $5::text is null or (u.email, u.id) > ($5, $6)
    order by u.email, u.id limit $7
  ) up where not $3 and not $4
)
select
  p.id, p.name, p.email, p.status, p.account_owner_id,
  case when p.account_owner_id is null then p.billing_mode else o.billing_mode end as plan,
  p.created_at, p.last_login_at,
  o.name as owner_name, o.email as owner_email, o.status as owner_status,
  coalesce(o.company, case when o.id is null then p.company end) as company,
  (select count(*) from console.users m
   where m.account_owner_id = coalesce(p.account_owner_id, p.id) and m.status is distinct from 'deleted')
    as members,
  seat.cluster_id, seat.cluster_name, seat.cluster_status, seat.hopsworks_username,
  coalesce(seat.hopsworks_username, p.hopsworks_username) is not null as has_hopsworks_user,
  (select max(m.user_cost) filter (where m.leads) from console.usage_by_user_month m
   where m.user_id = p.id and m.month = $1::date) as month_cost,
  (select i.status from console.instances i
   where i.user_id = coalesce(p.account_owner_id, p.id) and i.deleted_at is null
   limit 1) as instance_status,
  c.total_purchased, c.total_used, c.free_credits_granted, c.free_credits_used,
  c.user_id is not null as has_credits,
  (select s.per_day from console.credit_standing s
   where s.account_id = coalesce(p.account_owner_id, p.id)) as per_day,
  (select count(*) from console.open_invoices i
   where i.user_id = coalesce(p.account_owner_id, p.id) and (i.failed or i.due_at < $2)) as invoices_overdue,
  case when $6::text is null then coalesce(
    (select 10001::bigint from console.service_figures f where f.users > 10000),
    (select count(*) from (select from console.users limit 10001) counted)) end as matching_rows
from page p
left join console.users o on o.id = p.account_owner_id
left join console.user_credits c on c.user_id = coalesce(p.account_owner_id, p.id)
left join lateral (
  select a.cluster_id, a.hopsworks_username, k.name as cluster_name, k.status as cluster_status
  from console.cluster_assignments a
  left join console.clusters k on k.id = a.cluster_id
  where a.user_id = p.id
  order by a.assigned_at desc nulls last
  limit 1
) seat on true
order by p.position
limit $7
