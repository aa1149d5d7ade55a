-- Who holds what on a cluster, by the account that pays. What no project accounts for is told by namespace, and all of
-- it together, however many rows are read.
--
-- $1 cluster · $2 projects do not say where they are · $3 namespaces of the cluster itself · $4 limit
--
-- A namespace is looked for on its own cluster: the same name may stand on two. Of several projects with one
-- namespace the active one counts, then the one seen last.
with held as (
  select h.*, c.cost
  from console.cluster_namespaces as h
  left join console.namespace_costs as c on c.cluster_id = h.cluster_id and c.namespace = h.namespace
  where h.cluster_id = $1
),
owned as (
  select distinct on (h.namespace) h.namespace, p.user_id, coalesce(u.account_owner_id, u.id) as payer
  from held as h
  join console.user_projects as p on p.namespace = h.namespace
  left join console.users as u on u.id = p.user_id
  where case
    when $2::boolean then exists (
      select from console.cluster_assignments as a where a.user_id = p.user_id and a.cluster_id = $1)
    else p.cluster_id = $1 end
  order by h.namespace, coalesce(p.status, 'active') = 'active' desc, p.last_seen_at desc nulls last, p.user_id
),
sorted as (
  select
    h.*, o.payer, case when o.payer is null then o.user_id end as gone,
    case
      when o.user_id is not null then 'account'
      when h.namespace = any ($3::text[]) then 'cluster'
      else 'nobody' end as whose,
    coalesce(o.payer, o.user_id, case when h.namespace = any ($3::text[]) then '' else h.namespace end) as key
  from held as h
  left join owned as o on o.namespace = h.namespace
),
grouped as (
  select
    s.whose, s.payer, s.gone, s.key, min(s.taken_at) as taken_at, count(*) as namespaces,
    (array_agg(s.namespace order by s.cpu_requested desc, s.namespace))[1:5] as names,
    sum(s.pods)::bigint as pods, sum(s.pods_waiting)::bigint as waiting,
    sum(s.cpu_requested)::bigint as cpu,
    case when count(*) filter (where s.cpu_used is null and s.pods > 0) = 0 then sum(s.cpu_used)::bigint end as cpu_used,
    sum(s.memory_requested)::bigint as memory,
    case when count(*) filter (where s.memory_used is null and s.pods > 0) = 0 then sum(s.memory_used)::bigint end as memory_used,
    sum(s.gpu_requested)::bigint as gpu, sum(s.disk_requested)::bigint as disk,
    case when count(*) filter (where s.cost is null and s.pods > 0) = 0 then sum(s.cost) end as cost
  from sorted as s
  group by s.whose, s.payer, s.gone, s.key
)
select
  g.whose, g.payer, g.gone, g.taken_at, g.namespaces, g.names, g.pods, g.waiting, g.cpu, g.cpu_used, g.memory, g.memory_used,
  g.gpu, g.disk, g.cost, u.name, u.email, u.status, count(*) over () as matching_rows,
  coalesce(sum(g.namespaces) filter (where g.whose = 'nobody') over (), 0)::bigint as stray_namespaces,
  coalesce(sum(g.cpu) filter (where g.whose = 'nobody') over (), 0)::bigint as stray_cpu
from grouped as g
left join console.users as u on u.id = g.payer
order by g.cpu desc, g.key
limit $4
