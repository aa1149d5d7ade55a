-- One page of the Clusters list. Clusters that assignments or usage name and no table has are among them.
--
-- $1 ilike pattern · $2 exact id · $3 statuses · $4 sort · $5 descending
-- after: $6 key is null · $7 text key · $8 number key · $9 id
-- $10 limit · $11 first of the month · $12 first of the month before
-- $13 region's ilike pattern · $14 has room · $15 counter drifted; seats: $16 at least · $17 at most
-- percent of them: $18 at least · $19 at most; month's cost: $20 over · $21 under
--
-- A service has few clusters, so all of them are measured, from the rollups, before one page is cut out.
-- Usage is asked which clusters it names by stepping through its index, one step a cluster.
with recursive used (cluster_id) as (
  (select d.cluster_id from console.usage_by_cluster_day d
   where d.cluster_id > '' order by d.cluster_id limit 1)
  union all
  select (select d.cluster_id from console.usage_by_cluster_day d
          where d.cluster_id > u.cluster_id order by d.cluster_id limit 1)
  from used u
  where u.cluster_id is not null
),
listed as (
  select k.id, k.name, k.region, k.status, k.max_users, k.current_users, true as known
  from console.clusters k
  union all
  select r.cluster_id, null, null, null, null, null, false
  from (
    select u.cluster_id from used u
    union
    select s.cluster_id from console.cluster_seats s
  ) r
  where r.cluster_id <> '' and not exists (select from console.clusters k where k.id = r.cluster_id)
),
measured as (
  select l.*, counted.as_of,
         case when s.cluster_id is null and counted.yes then 0 else s.assigned end as assigned,
         case when s.cluster_id is null and counted.yes then 0 else s.assigned_lately end as assigned_lately,
         s.last_assigned_at,
         ahead.forecasts, ahead.runs_out,
         latest.people, latest.day as people_day,
         this.cost as month_cost, this.cpu_hours as month_cpu, this.gpu_hours as month_gpu,
         before.cost as before_cost, before.cpu_hours as before_cpu, before.gpu_hours as before_gpu
  from listed l
  cross join (
    select coalesce(bool_or(r.refreshed_at is not null) filter (where r.rollup = 'seats'), false) as yes,
           case when count(*) = count(r.refreshed_at) then min(r.refreshed_at) end as as_of
    from console.rollup_state r
    where r.rollup in ('seats', 'usage')
  ) counted
  left join console.cluster_seats s on s.cluster_id = l.id
  left join lateral (
    select d.people, d.day from console.usage_by_cluster_day d
    where d.cluster_id = l.id order by d.day desc limit 1
  ) latest on true
  -- As they were kept with the last snapshot; for the order, what is too old to be said of now is not known.
  left join lateral (
    select jsonb_agg(to_jsonb(f)) as forecasts,
           min(case
             when f.outlook = 'full' then 0
             when f.outlook = 'runs_out' and f.basis_to >= (statement_timestamp() at time zone 'UTC')::date - 2
               then f.day - date '2000-01-01'
           end) filter (
             where (f.made_at at time zone 'UTC')::date >= (statement_timestamp() at time zone 'UTC')::date - 2
           ) as runs_out
    from console.cluster_forecasts f
    where f.cluster_id = l.id
  ) ahead on true
  cross join lateral (
    select sum(d.total_cost) as cost, sum(d.cpu_hours) as cpu_hours, sum(d.gpu_hours) as gpu_hours
    from console.usage_by_cluster_day d
    where d.cluster_id = l.id and d.day >= $11
  ) this
  cross join lateral (
    select sum(d.total_cost) as cost, sum(d.cpu_hours) as cpu_hours, sum(d.gpu_hours) as gpu_hours
    from console.usage_by_cluster_day d
    where d.cluster_id = l.id and d.day >= $12 and d.day < $11
  ) before
  where ($1::text is null or l.name ilike $1 or l.region ilike $1 or l.id = $2)
    and ($3::text[] is null or case
          when not l.known then 'missing'
          when coalesce(l.status, 'active') in ('active', 'full', 'maintenance', 'inactive')
            then coalesce(l.status, 'active')
          else 'other' end = any ($3))
),
keyed as (
  select m.*,
         case $4 when 'name' then coalesce(m.name, m.id) when 'region' then m.region end as text_key,
         case $4 when 'fill' then round(m.assigned::numeric / nullif(m.max_users, 0), 15)
                 when 'assigned' then m.assigned
                 when 'drift' then abs(m.current_users::numeric - m.assigned)
                 when 'people' then m.people
                 when 'runs_out' then m.runs_out
                 when 'month_cost' then m.month_cost
                 when 'month_before_cost' then m.before_cost
                 when 'assigned_lately' then m.assigned_lately end::numeric as number_key
  from measured m
  where ($13::text is null or m.region ilike $13)
    and ($14::boolean is null or (m.assigned < m.max_users) = $14)
    and ($15::boolean is null or (m.current_users <> m.assigned) = $15)
    and ($16::bigint is null or m.assigned >= $16)
    and ($17::bigint is null or m.assigned <= $17)
    and ($18::bigint is null or m.assigned * 100 / nullif(m.max_users, 0) >= $18)
    and ($19::bigint is null or m.assigned * 100 / nullif(m.max_users, 0) <= $19)
    and ($20::numrange is null or m.month_cost <@ $20)
    and ($21::numrange is null or m.month_cost <@ $21)
)
select k.id, k.name, k.region, k.status, k.known, k.max_users, k.current_users,
       k.assigned, k.assigned_lately, k.last_assigned_at, k.people, k.people_day,
       k.month_cost, k.month_cpu, k.month_gpu, k.before_cost, k.before_cpu, k.before_gpu,
       k.text_key, k.number_key, k.as_of, k.forecasts,
       last.taken_at as looked_at, last.capacity_code, last.hopsworks_code, seen.taken_at as seen_at,
       seen.cpu_requested, seen.cpu_allocatable, seen.memory_requested, seen.memory_allocatable,
       seen.gpu_requested, seen.gpu_allocatable, found.grave, found.others,
       case when $9::text is null then (select count(*) from keyed) end as matching_rows
from keyed k
left join lateral (
  select s.taken_at, s.capacity_code, s.hopsworks_code from console.cluster_snapshots s
  where s.cluster_id = k.id order by s.taken_at desc limit 1
) last on true
left join lateral (
  select s.taken_at, s.cpu_requested, s.cpu_allocatable, s.memory_requested, s.memory_allocatable,
         s.gpu_requested, s.gpu_allocatable
  from console.cluster_snapshots s
  where s.cluster_id = k.id and s.nodes is not null order by s.taken_at desc limit 1
) seen on true
-- As far as what they follow from is known (`open_findings`). None were found only where all of it is, nodes of a cluster
-- without a kubeconfig apart; otherwise that is null.
left join lateral (
  select
    case when sum(b.grave + b.others) > 0 or count(*) + (last.capacity_code is not distinct from 'no_kubeconfig')::integer >= 3
      then sum(b.grave)::bigint end as grave,
    sum(b.others)::bigint as others
  from (
    select
      (select count(*) from console.cluster_findings f
       where f.cluster_id = k.id and f.basis = at.basis and f.severity = 'bad') as grave,
      (select count(*) from console.cluster_findings f
       where f.cluster_id = k.id and f.basis = at.basis and f.severity <> 'bad') as others
    from (
      select 'snapshot' as basis where seen.taken_at > statement_timestamp() - interval '16 minutes'
      union all
      select r.kind from console.cluster_readings r
      where r.cluster_id = k.id and r.kind <> 'costs' and r.read_at > statement_timestamp() - interval '50 minutes'
    ) at
  ) b
) found on true
where $9::text is null
   or ($6 and k.text_key is null and k.number_key is null and k.id > $9)
   or (not $6 and (
         (k.text_key is null and k.number_key is null)
         or case when $5 then (k.text_key, k.id) < ($7::text, $9) or (k.number_key, k.id) < ($8::numeric, $9)
                 else (k.text_key, k.id) > ($7::text, $9) or (k.number_key, k.id) > ($8::numeric, $9) end))
order by k.text_key is null and k.number_key is null,
         case when $5 then k.text_key end desc, case when $5 then k.number_key end desc,
         k.text_key, k.number_key,
         case when $5 and (k.text_key is not null or k.number_key is not null) then k.id end desc,
         k.id
limit $10
