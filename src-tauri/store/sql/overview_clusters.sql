-- Clusters with their seats as they are really given, the fullest first.
select k.id, k.name, k.region, coalesce(k.status, 'active') as status, k.max_users, k.current_users,
       coalesce(s.assigned, 0)::bigint as assigned, coalesce(s.assigned_lately, 0)::bigint as lately
from console.clusters k
left join console.cluster_seats s on s.cluster_id = k.id
order by coalesce(s.assigned, 0)::numeric / nullif(k.max_users, 0) desc nulls last, k.name
