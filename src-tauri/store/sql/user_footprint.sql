-- What the projects of a user hold on clusters, by the last snapshot of each.
--
-- $1 user · $2 projects do not say where they are · $3 limit
with mine as (
  select distinct on (p.namespace, at.cluster_id) p.namespace, p.project_name, at.cluster_id
  from console.user_projects as p
  cross join lateral (
    select a.cluster_id from console.cluster_assignments as a where $2::boolean and a.user_id = p.user_id
    union
    select p.cluster_id where not $2::boolean
  ) as at
  where p.user_id = $1 and p.namespace is not null and at.cluster_id is not null
  order by p.namespace, at.cluster_id, p.last_seen_at desc nulls last
)
select
  h.cluster_id, k.name as cluster_name, m.project_name, h.namespace, h.taken_at, h.pods::bigint as pods,
  h.pods_waiting::bigint as waiting, h.cpu_requested as cpu, h.cpu_used, h.memory_requested as memory, h.memory_used,
  h.gpu_requested as gpu, h.disk_requested as disk
from mine as m
join console.cluster_namespaces as h on h.cluster_id = m.cluster_id and h.namespace = m.namespace
left join console.clusters as k on k.id = h.cluster_id
order by h.cpu_requested desc, h.namespace, h.cluster_id
limit $3
