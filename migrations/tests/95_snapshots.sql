-- Snapshots of clusters: one program at a time, what is not known stays null, and what is old is thinned out.
begin;
set local search_path = public, extensions, tap;
select * from no_plan();
select tap.hire();
select tap.two_teams();

create temporary table turn (cluster_id text, lease uuid, thorough boolean);
grant all on turn to public;
create function pg_temp.claims(login name, at timestamptz, most integer default 100) returns text language plpgsql as $$
begin
  return tap.told(login, format(
    'with t as (insert into pg_temp.turn select * from console.claim_snapshots(%s, %L) returning 1) select count(*) from t', most, at));
end
$$;
-- What was seen of cluster-a, or nothing of it.
create function pg_temp.records(login name, at timestamptz, known boolean default true) returns text language plpgsql as $$
declare
  v_turn record;
begin
  select * into v_turn from turn where cluster_id like '%00a';
  return tap.told(login, format(
    'select console.record_snapshot(%L, %L, %L, %L, %L, %L, %L)', v_turn.cluster_id, v_turn.lease, at, at + interval '5 minutes',
    case when known then '{"nodes": 1, "cpu_requested": 100, "hopsworks_version": "4.6"}'
      else '{"capacity_code": "unreachable", "capacity_failure": "It is away.", "hopsworks_code": "x"}' end,
    case when known then '[{"name": "n1", "is_cordoned": false, "taints": ["a=b:NoSchedule"], "pressures": [], "pods": 1,
      "cpu_requested": 100, "cpu_limits": 0, "memory_requested": 0, "memory_limits": 0, "gpu_capacity": 0, "gpu_allocatable": 0,
      "gpu_requested": 0, "ephemeral_requested": 0}]' end,
    case when known then '[{"namespace": "acme", "pods": 1, "pods_waiting": 0, "cpu_requested": 100, "cpu_limits": 0,
      "memory_requested": 0, "memory_limits": 0, "gpu_requested": 0, "ephemeral_requested": 0, "claims": 0, "disk_requested": 0,
      "disk_provisioned": 0}]' end));
end
$$;
-- A round of one program, from its turn to its end.
create function pg_temp.round(at timestamptz, known boolean default true) returns text language plpgsql as $$
begin
  delete from turn;
  -- What a program had that died, by the clock of the database.
  update console.cluster_watch set leased_until = clock_timestamp() where lease is not null;
  perform pg_temp.claims('tap_receiver', at);
  return pg_temp.records('tap_receiver', at, known);
end
$$;

select is(pg_temp.claims('tap_receiver', '2026-01-01 00:00Z', 2), '2', 'as many as are asked for');
select is(pg_temp.claims('tap_receiver', '2026-01-01 00:00Z'), '1', 'the rest is another''s');
select is(pg_temp.claims('tap_receiver', '2026-01-01 00:01Z'), '0', 'and none is given twice');
select is(pg_temp.records('tap_receiver', '2026-01-01 00:01Z'), 'true', 'what was seen is kept');
select is(pg_temp.records('tap_receiver', '2026-01-01 00:02Z'), 'false', 'once: the turn is over');
select is((select next_at from console.cluster_watch where cluster_id like '%00a'), '2026-01-01 00:06Z'::timestamptz, 'and says when to look again');
select is((select count(*)::int from console.claim_snapshots(10, '2026-01-01 00:04Z')), 0, 'a clock that is ahead takes no turn away');
update console.cluster_watch set leased_until = clock_timestamp() where lease is not null;
select is((select count(*)::int from console.claim_snapshots(10, '2026-01-01 00:04Z')), 2, 'a program that died gives its turns back');
select is(
  (select s.seats_taken || ' of ' || coalesce(s.seats_limit::text, '-') from console.cluster_snapshots as s),
  (select count(distinct user_id) || ' of ' || coalesce((select max_users::text from public.hopsworks_clusters where name = 'cluster-a'), '-')
   from public.user_hopsworks_assignments where hopsworks_cluster_id = '00000000-0000-4000-8000-00000000000a'),
  'seats are counted in the database, at that moment');
select is((select cpu_used::text || cpu_allocatable || memory_requested from console.cluster_snapshots), null, 'what was not said is null');

update public.hopsworks_clusters set status = 'inactive' where name = 'cluster-unused';
update console.cluster_watch set leased_until = clock_timestamp() where lease is not null;
select is((select count(*)::int from console.claim_snapshots(10, '2026-01-01 00:20Z') as c
  join public.hopsworks_clusters as k on k.id::text = c.cluster_id where k.status = 'inactive'), 0, 'a retired cluster is left alone');

-- Failures keep what was known.
select is(pg_temp.round('2026-01-01 01:00Z', false), 'true', 'a failure is kept as such');
select is((select count(*)::int from console.cluster_nodes) || ' ' || (select count(*)::int from console.cluster_namespaces), '1 1', 'nodes and namespaces stay as they were seen last');
select is((select taken_at from console.cluster_nodes), '2026-01-01 00:01Z'::timestamptz, 'with their age');
select is((select grain from console.cluster_snapshots where capacity_code is not null), 'round', 'a failure stands for no hour');
select is(pg_temp.round('2026-01-01 01:10Z'), 'true', 'then it is back');
select is((select taken_at from console.cluster_nodes), '2026-01-01 01:10Z'::timestamptz, 'and nodes are as they are now');

-- What is kept, and for how long: the last of a day, of an hour, and the rest for a week.
select is((select string_agg(grain, ' ' order by taken_at) from console.cluster_snapshots), 'hour round day', 'the last that tells anything stands for its day, and those before for their hours');
select is(pg_temp.round('2026-01-01 01:50Z'), 'true', 'another one in that hour');
select is((select string_agg(grain, ' ' order by taken_at) from console.cluster_snapshots), 'hour round round day', 'it takes the place of the one before');
select is(pg_temp.round('2026-01-02 00:10Z', false), 'true', 'one of the next day that reaches nothing');
select is((select string_agg(grain, ' ' order by taken_at) from console.cluster_snapshots), 'hour round round day day', 'where there is no other it stands for its day: seats are counted all the same');
select is(pg_temp.round('2026-01-02 00:20Z'), 'true', 'one that does reach it');
select is((select string_agg(grain, ' ' order by taken_at) from console.cluster_snapshots), 'hour round round day round day', 'stands before it');
select is(pg_temp.round('2026-01-02 00:30Z', false), 'true', 'and stays there');
select is((select string_agg(grain, ' ' order by taken_at) from console.cluster_snapshots), 'hour round round day round day round', 'each has its place');
select is(pg_temp.round('2026-01-12 00:00Z'), 'true', 'ten days later');
select is((select string_agg(grain, ' ' order by taken_at) from console.cluster_snapshots), 'hour day day day', 'rounds are gone after a week');
select is(pg_temp.round('2026-05-01 00:00Z'), 'true', 'four months later');
select is((select string_agg(grain, ' ' order by taken_at) from console.cluster_snapshots), 'day day day day', 'hours are gone after 90 days');
select is(pg_temp.round('2028-06-01 00:00Z'), 'true', 'two years later');
select is((select count(*)::int from console.cluster_snapshots), 1, 'and days after two years');

-- Looking sooner.
select is(tap.told('tap_support', 'select console.request_snapshot(''00000000-0000-4000-8000-00000000000a'')'), 'watched', 'staff have it looked at now');
select ok((select next_at <= clock_timestamp() from console.cluster_watch where cluster_id like '%00a'), 'then it is due');
select is(tap.told('tap_support', 'select console.request_snapshot(''nowhere'')'), 'missing', 'what no table has is looked at by nobody');
select is(
  tap.told('tap_support', format('select console.request_snapshot(%L)', (select id::text from public.hopsworks_clusters where name = 'cluster-unused'))),
  'inactive', 'nor is what is retired');
update console.cluster_watch set next_at = clock_timestamp() - interval '2 minutes', leased_until = clock_timestamp() - interval '2 minutes';
select is(tap.told('tap_support', 'select console.request_snapshot(''00000000-0000-4000-8000-00000000000a'')'), 'nobody', 'where everything is overdue, no program looks');
update console.cluster_watch set leased_until = clock_timestamp() + interval '1 minute' where cluster_id not like '%00a';
select is(tap.told('tap_support', 'select console.request_snapshot(''00000000-0000-4000-8000-00000000000a'')'), 'watched', 'one that is at another cluster comes to this one');

-- What is taken off record.
insert into console.cluster_watch (cluster_id, next_at) values ('gone', '2030-01-01 00:00Z');
insert into console.cluster_snapshots (cluster_id, taken_at, grain, capacity_code) values ('gone', '2030-01-01 00:00Z', 'day', 'x');
insert into console.cluster_namespaces values ('gone', 'acme', '2030-01-01 00:00Z', 1, 0, 1, 0, null, 1, 0, null, 0, 0, 0, 0, 0);
create function pg_temp.kept() returns text language sql as $$
  select (select count(*) from console.cluster_watch where cluster_id = 'gone') || ' '
    || (select count(*) from console.cluster_snapshots where cluster_id = 'gone') || ' '
    || (select count(*) from console.cluster_namespaces where cluster_id = 'gone')
$$;
select ok(pg_temp.claims('tap_receiver', '2030-01-02 00:00Z') is not null, 'a round while a cluster is off record');
select is(pg_temp.kept(), '1 1 0', 'it holds nothing any more, and its history is kept');
select ok(pg_temp.claims('tap_receiver', '2030-05-01 00:00Z') is not null, 'a round three months later');
select is(pg_temp.kept(), '0 0 0', 'then that is gone, too');

select is(tap.told('tap_receiver', statement), '[HD005]', statement || ' is refused')
from unnest(array[
  'select * from console.claim_snapshots(0, now())', 'select * from console.claim_snapshots(1, null)',
  'select * from console.claim_snapshots(1, ''infinity'')', 'select * from console.claim_snapshots(null, now())',
  'select console.record_snapshot(''x'', null, now(), now(), ''[]'', null, null)',
  'select console.record_snapshot(''x'', null, null, now(), ''{}'', null, null)',
  'select console.record_snapshot(''x'', null, now(), ''infinity'', ''{}'', null, null)',
  'select console.record_snapshot(''x'', null, now(), now(), ''{"nodes": 1}'', null, null)',
  'select console.record_snapshot(''x'', null, now(), now(), ''{}'', ''[]'', ''[]'')'
]) as statement;
select is(tap.told(login, 'select count(*) from console.claim_snapshots(1, now())'), '[42501]', login || ' does not look at clusters')
from unnest(array['tap_support', 'tap_finance', 'tap_admin', 'tap_auditor']::name[]) as login;

select * from finish();
rollback;
