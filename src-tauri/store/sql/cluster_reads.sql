-- How a cluster was read last, of all that findings follow from; and its seats by the service's own count.
--
-- $1 cluster
select
  basis.word as basis, coalesce(r.read_at, known.taken_at) as read_at,
  coalesce(r.code, last.capacity_code) as code, coalesce(r.failure, last.capacity_failure) as failure,
  coalesce(r.unread, known.unread, 0) as unread,
  k.max_users, k.current_users,
  (case when s.cluster_id is null and counted.refreshed_at is not null then 0 else s.assigned end)::bigint as assigned
from (values (1, 'snapshot'), (2, 'users'), (3, 'projects')) as basis (place, word)
left join console.cluster_readings as r on r.cluster_id = $1 and r.kind = basis.word
left join lateral (
  select s.taken_at, s.unread from console.cluster_snapshots as s
  where basis.word = 'snapshot' and s.cluster_id = $1 and s.nodes is not null order by s.taken_at desc limit 1
) as known on true
left join lateral (
  select s.capacity_code, s.capacity_failure from console.cluster_snapshots as s
  where basis.word = 'snapshot' and s.cluster_id = $1 order by s.taken_at desc limit 1
) as last on true
left join console.clusters as k on k.id = $1
left join console.cluster_seats as s on s.cluster_id = $1
left join console.rollup_state as counted on counted.rollup = 'seats'
order by basis.place
