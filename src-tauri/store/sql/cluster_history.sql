-- What was taken of each thing on a cluster, by day, of the ninety days until the given one: the last snapshot of each
-- day (one that told what the cluster carries, where any did). With it, what day it is.
--
-- $1 cluster · $2 the day it is; null: by the clock of the database
select
  (s.taken_at at time zone 'UTC')::date as day, s.seats_taken, s.seats_limit, s.cpu_requested, s.cpu_allocatable, s.memory_requested,
  s.memory_allocatable, s.gpu_requested, s.gpu_allocatable, s.ephemeral_requested, s.ephemeral_allocatable, now.today
from (select coalesce($2::date, (statement_timestamp() at time zone 'UTC')::date) as today) as now
cross join console.cluster_snapshots as s
where
  s.cluster_id = $1 and s.grain = 'day'
  and s.taken_at >= (now.today - 90)::timestamp at time zone 'UTC'
  and s.taken_at < (now.today + 1)::timestamp at time zone 'UTC'
order by s.taken_at
