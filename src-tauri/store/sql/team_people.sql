-- Everybody whose usage a team's owner pays for: the owner, the members, and who used something this
-- month or the last while in the team and is in it no longer. The owner first, then the dearest.
--
-- $1 owner id · $2 first of the month · $3 first of the month before · $4 limit
with people as materialized (
  select u.id from console.users u where u.id = $1
  union
  select u.id from console.users u where u.account_owner_id = $1
  union
  select m.user_id from console.usage_by_user_month m where m.account_id = $1 and m.month in ($2, $3)
)
select p.id, u.name, u.email, u.status, u.created_at, u.last_login_at,
       p.id = $1 as is_owner, coalesce(u.account_owner_id, u.id) = $1 as is_in_it,
       seat.cluster_id, k.name as cluster_name,
       n.total_cost, n.cpu_hours, n.gpu_hours, n.storage_gb, n.feature_store_api_calls,
       n.model_inference_calls, b.total_cost as cost_before,
       count(*) over () as everybody
from people p
left join console.users u on u.id = p.id
left join console.usage_by_user_month n on n.user_id = p.id and n.account_id = $1 and n.month = $2
left join console.usage_by_user_month b on b.user_id = p.id and b.account_id = $1 and b.month = $3
left join lateral (
  select a.cluster_id
  from console.cluster_assignments a
  where a.user_id = p.id
  order by a.assigned_at desc nulls last
  limit 1
) seat on true
left join console.clusters k on k.id = seat.cluster_id
order by is_owner desc, n.total_cost desc nulls last, u.name, p.id
limit $4
