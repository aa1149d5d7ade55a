-- What is wrong with seats by what is on record, counted with the rollups: a cluster's page must cost the same whether it
-- has a dozen seats or tens of thousands. Who they are is listed when somebody asks, a page at a time.

create table console.seat_findings (
  cluster_id text not null primary key,
  two_clusters integer not null,
  nobody integer not null,
  no_hopsworks_user integer not null,
  idle integer not null,
  without_seat integer not null,
  day date,
  strangers text [] not null
);

comment on table console.seat_findings is 'What is wrong with the seats of each cluster; a cluster without a seat and without a guest has no row.';
comment on column console.seat_findings.two_clusters is 'Seats of people with a seat on another cluster, too.';
comment on column console.seat_findings.nobody is 'Seats of whoever is deleted, or was never there.';
comment on column console.seat_findings.no_hopsworks_user is 'Seats without a login on record.';
comment on column console.seat_findings.idle is 'Seats of people without usage this month or the month before.';
comment on column console.seat_findings.without_seat is 'People who used the cluster on that day without a seat there; the first few in strangers.';
comment on column console.seat_findings.day is 'The last day with usage, as far as it was counted. Null: nobody was there without a seat.';

alter table console.seat_findings enable row level security;

create function console.rollups_refresh_seat_findings(p_now timestamptz) returns bigint
language plpgsql
security definer
set search_path = ''
set plan_cache_mode = force_custom_plan
set work_mem = '32MB'
set jit = off
as $function$
declare
  v_before date := (pg_catalog.date_trunc('month', p_now at time zone 'UTC') - interval '1 month')::date;
  v_changed bigint;
begin
  with seats as materialized (
    select a.cluster_id, a.user_id, a.hopsworks_username
    from console.cluster_assignments as a
    where a.cluster_id is not null
  ),
  twice as (
    select s.user_id from seats as s
    where s.user_id is not null
    group by s.user_id
    having min(s.cluster_id) <> max(s.cluster_id)
  ),
  busy as (
    select distinct m.user_id from console.usage_by_user_month as m where m.month >= v_before
  ),
  wrong as (
    select
      s.cluster_id, count(t.user_id)::integer as two_clusters, (count(*) filter (where u.id is null))::integer as nobody,
      (count(*) filter (where s.hopsworks_username is null))::integer as no_hopsworks_user,
      (count(*) filter (where b.user_id is null))::integer as idle
    from seats as s
    left join twice as t on t.user_id = s.user_id
    left join console.users as u on u.id = s.user_id and u.status is distinct from 'deleted'
    left join busy as b on b.user_id = s.user_id
    group by s.cluster_id
  ),
  -- The last day alone: earlier ones would have to be looked for in everybody's usage.
  last as (
    select max(r.day) as day from console.usage_recent as r
  ),
  guests as (
    select g.cluster_id, g.day, count(*)::integer as without_seat, (array_agg(g.user_id order by g.user_id))[1:5] as strangers
    from (
      select distinct r.cluster_id, r.user_id, r.day
      from last as l
      join console.usage_recent as r on r.day = l.day
      where
        r.cluster_id <> ''
        and not exists (select from seats as s where s.user_id = r.user_id and s.cluster_id = r.cluster_id)
    ) as g
    group by g.cluster_id, g.day
  ),
  truth as materialized (
    select
      coalesce(w.cluster_id, g.cluster_id) as cluster_id, coalesce(w.two_clusters, 0) as two_clusters,
      coalesce(w.nobody, 0) as nobody, coalesce(w.no_hopsworks_user, 0) as no_hopsworks_user, coalesce(w.idle, 0) as idle,
      coalesce(g.without_seat, 0) as without_seat, g.day, coalesce(g.strangers, '{}') as strangers
    from wrong as w
    full join guests as g on g.cluster_id = w.cluster_id
  ),
  gone as (
    delete from console.seat_findings as k
    where not exists (select from truth as t where t.cluster_id = k.cluster_id)
    returning 1
  ),
  put as (
    insert into console.seat_findings as k (
      cluster_id, two_clusters, nobody, no_hopsworks_user, idle, without_seat, day, strangers
    )
    select t.* from truth as t
    on conflict (cluster_id) do update set
      two_clusters = excluded.two_clusters, nobody = excluded.nobody, no_hopsworks_user = excluded.no_hopsworks_user,
      idle = excluded.idle, without_seat = excluded.without_seat, day = excluded.day, strangers = excluded.strangers
    where (k.two_clusters, k.nobody, k.no_hopsworks_user, k.idle, k.without_seat, k.day, k.strangers)
      is distinct from (
        excluded.two_clusters, excluded.nobody, excluded.no_hopsworks_user, excluded.idle, excluded.without_seat,
        excluded.day, excluded.strangers
      )
    returning 1
  )
  select (select count(*) from gone) + (select count(*) from put) into v_changed;
  return v_changed;
end
$function$;

comment on function console.rollups_refresh_seat_findings(timestamptz) is
  'Internal: counts what is wrong with seats anew, from seats, users and usage; how many clusters it changed.';

insert into console.readable (relation, groups) values
('seat_findings', '{support,finance,admin,auditor,receiver,collector}');

select console.renew_grants();
