-- What is known to be wrong on a cluster: the first of each kind and how many there are, what keeps people from working
-- before all else. Whoever it is about, where that is somebody on record; whether a missing user is asked for already.
--
-- $1 cluster · $2 how many of a kind
with known as (
  select
    f.kind, f.subject, f.severity, f.since, f.facts, count(*) over (partition by f.kind) as of_kind,
    row_number() over (partition by f.kind order by f.since desc, f.subject) as place
  from console.open_findings as f
  where f.cluster_id = $1
)
select
  k.kind, k.subject, k.severity, k.since, k.facts, k.of_kind, u.id as user_id, u.name, u.email, u.status,
  h.email as address_there, coalesce(c.name, k.facts ->> 'cluster_id') as seat_on,
  k.kind = 'no_hopsworks_user' and console.hopsworks_user_asked($1, k.subject) as asked
from known as k
left join console.users as u on u.id = case
  when k.kind in ('no_hopsworks_user', 'ids_differ', 'number_shared', 'left_behind') then k.subject else k.facts ->> 'user_id' end
left join console.hopsworks_users as h
  on k.kind = 'stranger' and h.cluster_id = $1 and h.number = (k.facts ->> 'number')::bigint
left join console.clusters as c on c.id = k.facts ->> 'cluster_id'
where k.place <= $2
order by k.severity = 'bad' desc, k.kind, k.place
