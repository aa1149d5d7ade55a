-- What the projects of a user hold on clusters, by the last snapshot of each.
--
-- $1 user · $2 projects do not say where they are · $3 limit
--
-- Of several projects with one namespace the active one counts, then the one seen last, as on the cluster's page: what
-- runs there now is not shown to whom it belonged before.
with mine as (
  select p.namespace, p.project_name, at.cluster_id
  from console.user_projects as p
  cross join lateral (
    select a.cluster_id from console.cluster_assignments as a where $2::boolean and a.user_id = p.user_id
    union
    select p.cluster_id where not $2::boolean
  ) as at
  where p.user_id = $1 and p.namespace is not null and at.cluster_id is not null
    and $1 = (
      select o.user_id
      from console.user_projects as o
      where o.namespace = p.namespace and case
        when $2::boolean then exists (
          select from console.cluster_assignments as a where a.user_id = o.user_id and a.cluster_id = at.cluster_id)
        else o.cluster_id = at.cluster_id end
      order by coalesce(o.status, 'active') = 'active' desc, o.last_seen_at desc nulls last, o.user_id
      limit 1
    )
  group by p.namespace, p.project_name, at.cluster_id
)
select
  h.cluster_id, k.name as cluster_name, m.project_name, h.namespace, h.taken_at, h.pods::bigint as pods,
  h.pods_waiting::bigint as waiting, h.cpu_requested as cpu, h.cpu_used, h.memory_requested as memory, h.memory_used,
  h.gpu_requested as gpu, h.disk_requested as disk, c.cost,
  count(*) over () as all_of_them
from mine as m
join console.cluster_namespaces as h on h.cluster_id = m.cluster_id and h.namespace = m.namespace
left join console.namespace_costs as c on c.cluster_id = h.cluster_id and c.namespace = h.namespace
left join console.clusters as k on k.id = h.cluster_id
order by h.cpu_requested desc, h.namespace, h.cluster_id
limit $3
