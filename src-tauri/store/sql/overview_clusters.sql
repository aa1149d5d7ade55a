-- Clusters with their seats counted from assignments, the fullest first.
--
-- $1 now
select k.id, k.name, k.region, coalesce(k.status, 'active') as status, k.max_users, k.current_users,
       count(a.user_id) as assigned,
       count(a.user_id) filter (where a.assigned_at > $1::timestamptz - interval '30 days') as lately
from console.clusters k
left join console.cluster_assignments a on a.cluster_id = k.id
group by k.id, k.name, k.region, k.status, k.max_users, k.current_users
order by count(a.user_id)::numeric / nullif(k.max_users, 0) desc nulls last, k.name
