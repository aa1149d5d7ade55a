-- One cluster: facts, seats, and what it carried. A cluster that only assignments or usage name is one too.
--
-- $1 cluster id · $2 first of the month · $3 first of the month before
select
  named.id, k.name, k.region, k.status, k.id is not null as known, k.max_users, k.current_users,
  k.api_url, k.created_at, k.updated_at, counted.as_of,
  case when s.cluster_id is null and counted.yes then 0 else s.assigned end as assigned,
  case when s.cluster_id is null and counted.yes then 0 else s.assigned_lately end as assigned_lately,
  s.last_assigned_at,
  latest.people, latest.day as people_day,
  this.cost as month_cost, this.cpu_hours as month_cpu, this.gpu_hours as month_gpu,
  before.cost as before_cost, before.cpu_hours as before_cpu, before.gpu_hours as before_gpu
from (select $1::text as id) named
cross join (
  select coalesce(bool_or(r.refreshed_at is not null) filter (where r.rollup = 'seats'), false) as yes,
         case when count(*) = count(r.refreshed_at) then min(r.refreshed_at) end as as_of
  from console.rollup_state r
  where r.rollup in ('seats', 'usage')
) counted
left join console.clusters k on k.id = named.id
left join console.cluster_seats s on s.cluster_id = named.id
left join lateral (
  select d.people, d.day from console.usage_by_cluster_day d
  where d.cluster_id = named.id order by d.day desc limit 1
) latest on true
cross join lateral (
  select sum(d.total_cost) as cost, sum(d.cpu_hours) as cpu_hours, sum(d.gpu_hours) as gpu_hours
  from console.usage_by_cluster_day d
  where d.cluster_id = named.id and d.day >= $2
) this
cross join lateral (
  select sum(d.total_cost) as cost, sum(d.cpu_hours) as cpu_hours, sum(d.gpu_hours) as gpu_hours
  from console.usage_by_cluster_day d
  where d.cluster_id = named.id and d.day >= $3 and d.day < $2
) before
where k.id is not null or s.cluster_id is not null or latest.day is not null
   or exists (select from console.cluster_assignments a where a.cluster_id = named.id)
