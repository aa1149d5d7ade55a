-- How a cluster is: the last look at it, and what it carried when it last said so, which may be earlier.
--
-- $1 cluster
select
  last.taken_at as last_at, watch.next_at, console.cluster_watched(named.id) as watch,
  last.hopsworks_version, last.hopsworks_ms, last.hopsworks_code, last.hopsworks_failure,
  last.kubernetes_version, last.kubernetes_ms, last.kubernetes_code, last.kubernetes_failure,
  last.capacity_code, last.capacity_failure,
  coalesce(last.server_certificate_until, known.server_certificate_until) as server_certificate_until,
  coalesce(last.client_certificate_until, known.client_certificate_until) as client_certificate_until,
  known.taken_at as known_at, known.no_metrics, known.unread, known.nodes, known.nodes_ready, known.nodes_cordoned,
  known.pods, known.pods_waiting, known.pods_allocatable, known.pods_free, known.cpu_free, known.memory_free, known.gpu_free, known.ephemeral_free,
  known.cpu_capacity, known.cpu_allocatable, known.cpu_requested, known.cpu_limits, known.cpu_used,
  known.memory_capacity, known.memory_allocatable, known.memory_requested, known.memory_limits, known.memory_used,
  known.gpu_capacity, known.gpu_allocatable, known.gpu_requested,
  known.ephemeral_capacity, known.ephemeral_allocatable, known.ephemeral_requested,
  known.claims, known.disk_requested, known.disk_provisioned
from (select $1::text as id) as named
left join console.cluster_watch as watch on watch.cluster_id = named.id
left join lateral (
  select s.* from console.cluster_snapshots as s where s.cluster_id = named.id order by s.taken_at desc limit 1
) as last on true
left join lateral (
  select s.* from console.cluster_snapshots as s
  where s.cluster_id = named.id and s.nodes is not null order by s.taken_at desc limit 1
) as known on true
