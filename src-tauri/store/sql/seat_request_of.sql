-- What came of somebody's request for a seat; and, of whoever waits, their place in the line. What another program gave
-- them meanwhile stands beside what would have been chosen.
--
-- $1 user id
select
  r.cause, r.requested_at, r.state, r.why, r.cluster_id, k.name as cluster_name, r.choice, r.ended_at,
  case when r.state = 'waiting' and r.due_at is not null then (
    select count(*) from console.seat_requests as b
    where b.state = 'waiting' and (b.due_at, b.place) <= (r.due_at, r.place)
  ) end as place,
  seat.cluster_id as given_id, seat.name as given_name
from console.seat_requests as r
left join console.clusters as k on k.id = r.cluster_id
left join lateral (
  select a.cluster_id, g.name from console.cluster_assignments as a
  left join console.clusters as g on g.id = a.cluster_id
  where a.user_id = r.user_id order by a.assigned_at desc nulls last, a.id limit 1
) as seat on true
where r.user_id = $1
