-- Nodes of a cluster as they were seen last: those with something wrong first, then the fullest.
--
-- $1 cluster · $2 limit
select
  n.name, n.taken_at, n.is_ready, n.reason, n.is_cordoned, n.taints, n.pressures, n.machine, n.kubelet,
  n.pods, n.pods_allocatable, n.cpu_capacity, n.cpu_allocatable, n.cpu_requested, n.cpu_limits, n.cpu_used,
  n.memory_capacity, n.memory_allocatable, n.memory_requested, n.memory_limits, n.memory_used,
  n.gpu_capacity, n.gpu_allocatable, n.gpu_requested,
  count(*) over () as matching_rows
from console.cluster_nodes as n
where n.cluster_id = $1
order by
  n.is_ready is true and n.pressures = '{}', n.is_cordoned desc,
  n.cpu_requested::numeric / nullif(n.cpu_allocatable, 0) desc nulls last, n.name
limit $2
