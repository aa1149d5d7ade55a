-- Where somebody has their seat, and what came of the request for one; of whoever waits, their place in the line. The two
-- may differ: another program may have given the seat, or staff moved it.
--
-- $1 user id
select
  seat.cluster_id as given_id, g.name as given_name, seat.assigned_at as given_at, seat.assigned_by as given_by,
  r.cause, r.requested_at, r.state, r.why, r.cluster_id, k.name as cluster_name, r.choice, r.ended_at,
  case when r.state = 'waiting' and r.due_at is not null then (
    select count(*) from console.seat_requests as b
    where b.state = 'waiting' and (b.due_at, b.place) <= (r.due_at, r.place)
  ) end as place
from (select $1::text as user_id) as whose
left join console.seat_requests as r on r.user_id = whose.user_id
left join console.clusters as k on k.id = r.cluster_id
left join lateral (
  select a.cluster_id, a.assigned_at, a.assigned_by
  from console.cluster_assignments as a
  where a.user_id = whose.user_id order by a.assigned_at desc nulls last, a.id limit 1
) as seat on true
left join console.clusters as g on g.id = seat.cluster_id
