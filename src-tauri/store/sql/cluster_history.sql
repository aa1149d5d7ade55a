-- What was taken of each thing on a cluster, by day: the first snapshot of each that told anything, of the last
-- ninety days. What there is of it is told by the last of them.
--
-- $1 cluster · $2 from when
select
  (s.taken_at at time zone 'UTC')::date as day, s.seats_taken, s.seats_limit, s.cpu_requested, s.cpu_allocatable, s.memory_requested,
  s.memory_allocatable, s.gpu_requested, s.gpu_allocatable, s.ephemeral_requested, s.ephemeral_allocatable
from console.cluster_snapshots as s
where s.cluster_id = $1 and s.grain = 'day' and s.nodes is not null and s.taken_at >= $2
order by s.taken_at
