-- What is wrong on a cluster: seats by what is wrong with them, and people who used it without one.
--
-- $1 cluster id · $2 first of the month before
--
-- Who used it is asked of the last day that was counted, which is small and by day; earlier days would have
-- to be looked for in everybody's usage.
with seats as (
  select a.user_id, a.hopsworks_username from console.cluster_assignments a where a.cluster_id = $1
),
last as (
  select max(r.day) as day from console.usage_recent r
),
strangers as (
  select distinct r.user_id
  from last
  join console.usage_recent r on r.day = last.day
  where r.cluster_id = $1
    and not exists (
      select from console.cluster_assignments a where a.user_id = r.user_id and a.cluster_id = $1)
)
select
  (select count(*) from (
     select from seats s
     where exists (select from console.cluster_assignments b
                   where b.user_id = s.user_id and b.cluster_id <> $1)
     limit 10001) c) as two_clusters,
  (select count(*) from (
     select from seats s
     where not exists (select from console.users u
                       where u.id = s.user_id and u.status is distinct from 'deleted')
     limit 10001) c) as nobody,
  (select count(*) from (
     select from seats s where s.hopsworks_username is null
     limit 10001) c) as no_hopsworks_user,
  (select count(*) from (
     select from seats s
     where not exists (select from console.usage_by_user_month m
                       where m.user_id = s.user_id and m.month >= $2)
     limit 10001) c) as idle,
  (select count(*) from (select from strangers limit 10001) c) as without_seat,
  (select day from last) as day,
  (select array_agg(f.user_id order by f.user_id)
   from (select t.user_id from strangers t order by t.user_id limit 5) f) as stranger_ids,
  (select array_agg(coalesce(nullif(btrim(u.name), ''), u.email) order by f.user_id)
   from (select t.user_id from strangers t order by t.user_id limit 5) f
   left join console.users u on u.id = f.user_id) as stranger_names
