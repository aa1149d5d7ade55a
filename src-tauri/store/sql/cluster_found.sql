-- What is known to be wrong on a cluster: the first of each kind and how many there are, what keeps people from working
-- before all else. Whoever it is about, where that is somebody on record; whether a missing user is asked for already.
--
-- $1 cluster · $2 how many of a kind · $3 how many are counted at most
--
-- Where a cluster's Hopsworks was made anew, everybody is a finding: kinds are gone through along the index, and of each
-- only its first rows are read.
with recursive kinds (kind) as (
  (select f.kind from console.cluster_findings as f where f.cluster_id = $1 order by f.kind limit 1)
  union all
  select (
    select f.kind from console.cluster_findings as f where f.cluster_id = $1 and f.kind > k.kind order by f.kind limit 1
  )
  from kinds as k where k.kind is not null
),
known as (
  select
    f.kind, f.subject, o.severity, o.since, o.facts, f.place, counted.of_kind,
    count(*) over (partition by f.kind) as shown
  from kinds as k
  cross join lateral (
    select n.kind, n.subject, row_number() over (order by n.since desc, n.subject) as place
    from console.cluster_findings as n
    where n.cluster_id = $1 and n.kind = k.kind
    order by n.since desc, n.subject
    limit $2
  ) as f
  cross join lateral (
    select count(*) as of_kind from (
      select from console.cluster_findings as n where n.cluster_id = $1 and n.kind = k.kind limit $3
    ) as n
  ) as counted
  -- What is not known any more is none.
  join console.open_findings as o on o.cluster_id = $1 and o.kind = f.kind and o.subject = f.subject
)
select
  k.kind, k.subject, k.severity, k.since, k.facts,
  -- All that are shown are all there are, where they are fewer than might be.
  case when k.of_kind > $2 then k.of_kind else k.shown end as of_kind,
  u.id as user_id, u.name, u.email, u.status,
  h.email as address_there, coalesce(c.name, k.facts ->> 'cluster_id') as seat_on,
  k.kind = 'no_hopsworks_user' and console.hopsworks_user_asked($1, k.subject) as asked
from known as k
-- One by one: they are few among all.
left join lateral (
  select u.id, u.name, u.email, u.status from console.users as u
  where u.id = case
    when k.kind in ('no_hopsworks_user', 'ids_differ', 'number_shared', 'left_behind') then k.subject else k.facts ->> 'user_id' end
  limit 1
) as u on true
left join lateral (
  select h.email from console.hopsworks_users as h
  where k.kind = 'stranger' and h.cluster_id = $1 and h.number = (k.facts ->> 'number')::bigint
  limit 1
) as h on true
left join console.clusters as c on c.id = k.facts ->> 'cluster_id'
order by k.severity = 'bad' desc, k.kind, k.place
