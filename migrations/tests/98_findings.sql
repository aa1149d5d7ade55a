-- What is read of clusters beside snapshots, what is found wrong by it, and what mends that.
begin;
set local search_path = public, extensions, tap;
select * from no_plan();
select tap.hire();
select tap.two_teams();
update public.user_hopsworks_assignments set assigned_at = now() - interval '30 days';
update public.users set status = 'active' where id = 'auth0|ana';

create temporary table turn (cluster_id text, lease uuid, thorough boolean);
grant all on turn to public;
create function pg_temp.a() returns text language sql as $$ select '00000000-0000-4000-8000-00000000000a' $$;
create function pg_temp.claims(at timestamptz) returns text language plpgsql as $$
begin
  delete from turn;
  perform tap.told('tap_receiver', format(
    'with t as (insert into pg_temp.turn select * from console.claim_snapshots(100, %L) returning 1) select count(*) from t', at));
  return (select thorough::text from turn where cluster_id = pg_temp.a());
end
$$;
create function pg_temp.reads(kind text, reading jsonb, rows jsonb, at timestamptz default now()) returns text language sql as $$
  select tap.told('tap_receiver', format('select console.record_reading(%L, %L, %L, %L, %L, %L)', t.cluster_id, t.lease, at, kind, reading, rows))
  from turn as t where t.cluster_id = pg_temp.a()
$$;
create function pg_temp.sees(nodes jsonb, snapshot jsonb, at timestamptz) returns text language sql as $$
  select tap.told('tap_receiver', format('select console.record_snapshot(%L, %L, %L, %L, %L, %L, %L)', t.cluster_id, t.lease, at, at + interval '5 minutes',
    snapshot || jsonb_build_object('nodes', jsonb_array_length(nodes)), nodes, '[]'))
  from turn as t where t.cluster_id = pg_temp.a()
$$;
create function pg_temp.node(name text, ready boolean, cordoned boolean, since timestamptz default null) returns jsonb language sql as $$
  select jsonb_build_object('name', name, 'is_ready', ready, 'is_cordoned', cordoned, 'not_ready_since', case when not ready then since end,
    'cordoned_since', case when cordoned then since end, 'taints', '[]'::jsonb, 'pressures', '[]'::jsonb, 'pods', 1,
    'cpu_requested', 0, 'cpu_limits', 0, 'memory_requested', 0, 'memory_limits', 0, 'gpu_capacity', 0, 'gpu_allocatable', 0,
    'gpu_requested', 0, 'ephemeral_requested', 0)
$$;
create function pg_temp.person(number bigint, email text, status integer default 2, of_service boolean default false) returns jsonb language sql as $$
  select jsonb_build_object('number', number, 'email', email, 'username', 'u' || number, 'status', status, 'of_service', of_service)
$$;
create function pg_temp.found() returns text language sql as $$
  select string_agg(kind || ' ' || subject, ', ' order by kind, subject) from console.open_findings where cluster_id = pg_temp.a()
$$;

-- What is read less often.
select is(pg_temp.claims(now()), 'true', 'the first turn is thorough');
select is(pg_temp.reads('users', '{"unread": 0}', jsonb_build_array(pg_temp.person(7, 'Ana@A.example '), pg_temp.person(8, 'boss@a.example', 2, true))), 'true', 'what was read is kept');
select is((select read_at = now() and unread = 0 and code is null from console.cluster_readings where kind = 'users'), true, 'with its moment');
select is(pg_temp.reads('projects', '{"code": "timed_out", "failure": "It is slow."}', null), 'true', 'and so is what was not');
select is((select concat_ws(' ', read_at, code) from console.cluster_readings where kind = 'projects'), 'timed_out', 'which is not known');
select is(pg_temp.reads('users', '{"code": "unreachable", "failure": "It is away."}', null), 'true', 'a reading that fails');
select is((select (read_at is not null) || ' ' || code || ' ' || (select count(*) from console.hopsworks_users) from console.cluster_readings where kind = 'users'), 'true unreachable 2', 'leaves what was known');
select is(pg_temp.sees(jsonb_build_array(pg_temp.node('n1', true, false)), '{}', now()), 'true', 'then the snapshot ends the turn');
select is(pg_temp.reads('users', '{}', '[]'), 'false', 'after which nothing is taken');
select is((select count(*)::int from console.hopsworks_users), 2, 'and nothing is lost');
select is(pg_temp.claims(now() + interval '6 minutes'), 'false', 'the next turn is not thorough');
select is(pg_temp.sees(jsonb_build_array(pg_temp.node('n1', true, false)), '{}', now() + interval '6 minutes'), 'true', 'it ends');
select is(pg_temp.claims(now() + interval '16 minutes'), 'true', 'after a quarter of an hour it is');
select is(pg_temp.sees('[]', '{}', now() + interval '16 minutes'), 'true', 'it ends, too');
select tap.told('tap_support', format('select console.request_snapshot(%L)', pg_temp.a()));
select is(pg_temp.claims(now() + interval '17 minutes'), 'true', 'whoever asks for a look gets all of it');

-- Seats and users: by the address, however it is written.
select is(pg_temp.found(), 'ids_differ auth0|ana, no_hopsworks_user auth0|amy', 'a seat without a user, and one whose user is not on record');
select is(pg_temp.reads('users', '{}', jsonb_build_array(
  pg_temp.person(7, 'ana@a.example'), pg_temp.person(8, 'boss@a.example', 2, true), pg_temp.person(9, 'amy@a.example'),
  pg_temp.person(10, 'bob@b.example'), pg_temp.person(11, 'who@x.example'), pg_temp.person(12, 'gone@x.example', 3))), 'true', 'read again');
select is(pg_temp.found(), 'ids_differ auth0|amy, ids_differ auth0|ana, left_behind auth0|bob, stranger 11',
  'who works there without a seat is found, but nobody who may not work, and no administrator');
select is((select facts ->> 'cluster_id' from console.cluster_findings where kind = 'left_behind'), '00000000-0000-4000-8000-00000000000b', 'with where their seat is');
select is(pg_temp.reads('users', '{"unread": 1}', jsonb_build_array(pg_temp.person(7, 'ana@a.example'), pg_temp.person(13, 'Bob@b.example'),
  pg_temp.person(14, 'bob@B.example'))), 'true', 'one could not be read, and one is there twice');
select is(pg_temp.found(), 'ids_differ auth0|ana, left_behind auth0|bob', 'nobody is missed who may be the one, and nobody is found twice');
update public.user_hopsworks_assignments set assigned_at = now() where user_id = 'auth0|amy';
select is(pg_temp.reads('users', '{}', jsonb_build_array(pg_temp.person(7, 'ana@a.example'))), 'true', 'somebody was placed a moment ago');
select is(pg_temp.found(), 'ids_differ auth0|ana', 'whom the list cannot know yet');

-- Taking over what Hopsworks says, and back.
select is(tap.acts('tap_finance', 'take_over_hopsworks_ids', 'auth0|ana', '{}') #>> '{}', '[HD003]', 'finance does not');
select is(tap.acts('tap_support', 'take_over_hopsworks_ids', 'auth0|amy', '{}') #>> '{}', '[HD007]', 'nothing is taken over that was not found');
select is(
  (select string_agg(c ->> 'column' || ' ' || coalesce(c ->> 'before', '-') || '>' || (c ->> 'after'), ' ' order by c ->> 'column')
   from jsonb_array_elements(tap.acts('tap_support', 'take_over_hopsworks_ids', 'auth0|ana', '{}', true) -> 'changes') as c),
  'hopsworks_user_id ->7 hopsworks_username ->u7', 'the preview says what');
create temporary table done as select tap.acts('tap_support', 'take_over_hopsworks_ids', 'auth0|ana', '{}') as answer;
select is((select hopsworks_user_id || ' ' || hopsworks_username from public.user_hopsworks_assignments where user_id = 'auth0|ana'), '7 u7', 'it is on record');
select is(pg_temp.found(), null, 'and no finding any more');
select is(tap.acts('tap_support', 'restore_hopsworks_ids', 'auth0|ana', '{"hopsworks_user_id": 1}') #>> '{}', '[HD005]', 'nobody sets a number by hand');
select is(tap.told('tap_support', format('select console.undo(%s, ''for a test'') ? ''audit_id''', (select answer ->> 'audit_id' from done))), 'true', 'it is taken back');
select is((select concat_ws(' ', hopsworks_user_id, hopsworks_username) from public.user_hopsworks_assignments where user_id = 'auth0|ana'), '', 'to what it was');
select is(pg_temp.found(), 'ids_differ auth0|ana', 'and found again');

-- Somebody with two seats: the one that is named is mended, and put back, whichever is newer by then.
-- Some services let people have two.
alter table public.user_hopsworks_assignments drop constraint user_hopsworks_assignments_user_id_key;
insert into public.user_hopsworks_assignments (user_id, hopsworks_cluster_id, assigned_at) values
('auth0|ana', '00000000-0000-4000-8000-00000000000b', now() - interval '1 day');
select is(tap.acts('tap_support', 'take_over_hopsworks_ids', 'auth0|ana', '{}') #>> '{}', '[HD007]', 'of the newer seat nothing was found');
select is(tap.acts('tap_support', 'take_over_hopsworks_ids', 'auth0|ana', '{"cluster_id": "00000000-0000-4000-8000-00000000000c"}') #>> '{}', '[HD007]', 'there is no third');
truncate done;
insert into done select tap.acts('tap_support', 'take_over_hopsworks_ids', 'auth0|ana', jsonb_build_object('cluster_id', pg_temp.a()));
create function pg_temp.seats() returns text language sql as $$
  select string_agg(coalesce(hopsworks_user_id::text, '-'), ' ' order by hopsworks_cluster_id) from public.user_hopsworks_assignments where user_id = 'auth0|ana'
$$;
select is(pg_temp.seats(), '7 -', 'the older seat has its number');
-- A login and a number that Hopsworks knows stand for the person, whatever became of the address.
select is(pg_temp.reads('users', '{}', jsonb_build_array(pg_temp.person(7, 'ana.new@a.example'), pg_temp.person(9, 'amy@a.example'))), 'true', 'the address there is another');
select is(pg_temp.found(), null, 'somebody who changed their address is who they were, and no stranger');
-- But nobody is who somebody else is: what a seat holds by mistake hides nothing.
update public.user_hopsworks_assignments set hopsworks_user_id = 7, hopsworks_username = 'u7', assigned_at = now() - interval '30 days' where user_id = 'auth0|amy';
select is(pg_temp.reads('users', '{}', jsonb_build_array(pg_temp.person(7, 'ana@a.example'), pg_temp.person(9, 'amy@a.example'))), 'true', 'a seat holds another''s number and login');
select is(pg_temp.found(), 'ids_differ auth0|amy, number_shared auth0|amy, number_shared auth0|ana', 'the address tells who they are, and a number that two hold is told');
select is(pg_temp.reads('users', '{}', jsonb_build_array(pg_temp.person(7, 'ana@a.example'))), 'true', 'the one whose seat it is is not there');
select is(pg_temp.found(), 'no_hopsworks_user auth0|amy, number_shared auth0|amy, number_shared auth0|ana', 'and is missed all the same');
select is(pg_temp.reads('users', '{}', jsonb_build_array(pg_temp.person(7, 'new@a.example'))), 'true', 'whose of both it is is not known');
select is(pg_temp.found(), 'number_shared auth0|amy, number_shared auth0|ana', 'which is told');
update public.user_hopsworks_assignments set hopsworks_user_id = 10, hopsworks_username = 'u10' where user_id = 'auth0|amy';
select is(pg_temp.reads('users', '{}', jsonb_build_array(pg_temp.person(7, 'ana@a.example'), pg_temp.person(10, 'bob@b.example'))), 'true', 'a number of somebody without a seat here');
select is(pg_temp.found(), 'left_behind auth0|bob, no_hopsworks_user auth0|amy', 'makes nobody of them');
update public.user_hopsworks_assignments set hopsworks_user_id = null, hopsworks_username = null, assigned_at = now() where user_id = 'auth0|amy';
select is(pg_temp.reads('users', '{}', jsonb_build_array(pg_temp.person(7, 'ana@a.example'))), 'true', 'and back');
select is(tap.told('tap_support', format('select console.undo(%s, ''for a test'') ? ''audit_id''', (select answer ->> 'audit_id' from done))), 'true', 'it is taken back');
select is(pg_temp.seats(), '- -', 'where it was changed');
select is(tap.acts('tap_support', 'create_hopsworks_user', 'auth0|ana', jsonb_build_object('cluster_id', pg_temp.a()), true) #>> '{effects,0,kind}', 'ensure_user', 'a user is asked for');
select is((select payload ->> 'cluster_id' from console.outbox where subject = 'auth0|ana' and kind = 'ensure_user' order by id desc limit 1), null, 'in a preview it is not written');
delete from public.user_hopsworks_assignments where user_id = 'auth0|ana' and hopsworks_cluster_id = '00000000-0000-4000-8000-00000000000b';

-- A blank beside an address on record is no part of it.
update public.users set email = ' bob@b.example' where id = 'auth0|bob';
select is(pg_temp.reads('users', '{}', jsonb_build_array(pg_temp.person(7, 'ana@a.example'), pg_temp.person(10, 'Bob@b.example'))), 'true', 'read again');
select is(pg_temp.found(), 'ids_differ auth0|ana, left_behind auth0|bob', 'who is on record is no stranger');
update public.users set email = 'bob@b.example' where id = 'auth0|bob';
select is(pg_temp.reads('users', '{}', jsonb_build_array(pg_temp.person(7, 'ana@a.example'))), 'true', 'and again');

-- A user that is missing is asked for.
update public.user_hopsworks_assignments set assigned_at = now() - interval '30 days' where user_id = 'auth0|amy';
select is(pg_temp.reads('users', '{}', '[]'), 'true', 'nobody is there');
select is(pg_temp.found(), 'no_hopsworks_user auth0|amy, no_hopsworks_user auth0|ana', 'both are missing');
update console.effect_switches set mode = 'live';
select is(tap.acts('tap_support', 'create_hopsworks_user', 'auth0|amy', '{}') #>> '{effects,0,kind}', 'ensure_user', 'one is asked for');
select is((select kind || ' ' || state from console.outbox where subject = 'auth0|amy'), 'ensure_user pending', 'by the outbox');
select is(tap.acts('tap_support', 'create_hopsworks_user', 'auth0|amy', '{}') #>> '{}', '[HD007]', 'not twice');
select is(tap.told('tap_receiver', 'select count(*) from console.claim_outbox(10, clock_timestamp(), false)'), '1', 'it is claimed');
select tap.told('tap_receiver', format('select console.finish_outbox(%s, %L, ''{"hopsworks_user_id": 21, "hopsworks_username": "amy21"}'')', o.id, o.lease))
from console.outbox as o where o.subject = 'auth0|amy';
select is(pg_temp.found(), 'no_hopsworks_user auth0|ana', 'when it is made, it is no finding any more');
select is((select email from console.hopsworks_users where number = 21), 'amy@a.example', 'and known to be there');

-- Whoever's seat changes is not judged by yesterday.
select is(tap.acts('tap_support', 'unassign_cluster', 'auth0|ana', '{}') ? 'audit_id', true, 'a seat is taken away');
select is(pg_temp.found(), null, 'what was found about it goes with it');

-- Projects, by their namespace.
insert into public.user_projects (user_id, hopsworks_cluster_id, project_id, project_name, namespace, status, created_at) values
('auth0|amy', pg_temp.a()::uuid, 1, 'my_one', 'my-one', 'active', now() - interval '1 day'),
('auth0|amy', pg_temp.a()::uuid, 2, 'my_two', 'my-two', 'active', now() - interval '1 day'),
('auth0|amy', pg_temp.a()::uuid, 3, 'my_three', 'my-three', 'active', now() - interval '1 day'),
('auth0|amy', pg_temp.a()::uuid, 4, 'old', 'old', 'inactive', now() - interval '1 day'),
('auth0|amy', pg_temp.a()::uuid, 5, 'fresh', 'fresh', 'active', now() + interval '1 hour');
select is(pg_temp.reads('projects', '{}', '[{"project_id": 1, "name": "my_one", "namespace": "my-one"}, {"project_id": 22, "name": "My_Two"}]'), 'true', 'projects are read');
select is(
  (select string_agg(kind || ' ' || (facts ->> 'name') || coalesce(' ' || (facts ->> 'project_id_there'), ''), ', ' order by kind) from console.open_findings where basis = 'projects'),
  'project_gone my_three, project_id_differs my_two 22', 'one is gone, one has another number; who is inactive, or younger than the list, is not asked');

-- Where projects follow their owner's seat, what was made before the seat stands on the cluster before.
create temporary table said as select * from console.attached_columns where view_name = 'user_projects' and column_name = 'cluster_id';
update console.attached_columns set source = null, reason = 'for a test' where view_name = 'user_projects' and column_name = 'cluster_id';
create function pg_temp.gone() returns text language sql as $$
  select string_agg(f.facts ->> 'name', ', ' order by f.facts ->> 'name') from console.findings_of_projects(pg_temp.a()) as f where f.kind = 'project_gone' and f.facts ->> 'user_id' = 'auth0|amy'
$$;
update public.user_hopsworks_assignments set assigned_at = now() - interval '2 days' where user_id = 'auth0|amy';
select is(pg_temp.gone(), 'my_three', 'what was made since one has the seat is missed');
update public.user_hopsworks_assignments set assigned_at = now() - interval '1 hour' where user_id = 'auth0|amy';
select is(pg_temp.gone(), null, 'what was made before is not looked for here');
-- Some services do not say.
alter table public.user_hopsworks_assignments alter column assigned_at drop not null;
alter table public.user_projects alter column created_at drop not null;
update public.user_hopsworks_assignments set assigned_at = null where user_id = 'auth0|amy';
select is(pg_temp.gone(), 'my_three', 'whose only seat is here has their projects here, whenever it was given');
update public.user_hopsworks_assignments set assigned_at = now() - interval '2 days' where user_id = 'auth0|amy';
update public.user_projects set created_at = null where user_id = 'auth0|amy' and project_name = 'my_three';
select is(pg_temp.gone(), 'my_three', 'and whenever they were made');
insert into public.user_hopsworks_assignments (user_id, hopsworks_cluster_id, assigned_at) values
('auth0|amy', '00000000-0000-4000-8000-00000000000b', now() - interval '9 days');
select is(pg_temp.gone(), null, 'with two seats, what does not say when it was made may be on the other');
delete from public.user_hopsworks_assignments where user_id = 'auth0|amy' and hopsworks_cluster_id = '00000000-0000-4000-8000-00000000000b';
update public.user_projects set created_at = now() - interval '1 day' where user_id = 'auth0|amy' and project_name = 'my_three';
update console.attached_columns as c set source = s.source, reason = s.reason from said as s where c.view_name = s.view_name and c.column_name = s.column_name;

-- Costs.
select is(pg_temp.reads('costs', '{"covers_from": "2026-01-01T00:00:00Z", "covers_until": "2026-01-02T00:00:00Z", "cost_total": "12.500000000001", "unread": 2}',
  '[{"namespace": "my-one", "cost": "1.000000000001"}, {"namespace": "odd", "cost": null}]'), 'true', 'costs are kept');
select is((select cost_total || ' ' || coalesce(cost_idle::text, '-') from console.cluster_readings where kind = 'costs'), '12.500000000001 -', 'to their last digit, and what is not said is null');
select is((select string_agg(namespace || ' ' || coalesce(cost::text, '-'), ', ' order by namespace) from console.namespace_costs), 'my-one 1.000000000001, odd -', 'of each namespace');

-- Nodes and certificates. The cluster's own word on since when counts; without one, when it was seen so first.
select is(pg_temp.sees(jsonb_build_array(
    pg_temp.node('lost', false, false, now() - interval '3 hours'), pg_temp.node('new', false, false),
    pg_temp.node('shut', true, true, now() - interval '2 days'), pg_temp.node('busy', true, true)),
  jsonb_build_object('server_certificate_until', now() + interval '9 days 1 hour', 'client_certificate_until', now() + interval '31 days',
    'hopsworks_certificate_until', now() + interval '1 day', 'hopsworks_ms', 12), now() + interval '18 minutes'), 'true', 'a look at nodes');
select is((select string_agg(kind || ' ' || subject || ' ' || severity, ', ' order by kind, subject) from console.open_findings where basis = 'snapshot'),
  'certificate_ending hopsworks bad, certificate_ending server warn, node_cordoned shut warn, node_not_ready lost bad',
  'what lasts is found, and what ends within thirty days');
select is((select not_ready_since from console.cluster_nodes where name = 'new'), now() + interval '18 minutes', 'who does not say is known from now on');
select pg_temp.claims(now() + interval '29 minutes');
select is(pg_temp.sees(jsonb_build_array(pg_temp.node('lost', true, false), pg_temp.node('new', false, false)), '{"hopsworks_ms": 3}', now() + interval '29 minutes'), 'true', 'eleven minutes later');
select is((select string_agg(kind || ' ' || subject, ', ') from console.cluster_findings where basis = 'snapshot'), 'node_not_ready new', 'one has recovered, and one has not');

-- Its Hopsworks answers by itself: without a kubeconfig its certificate is still known.
select pg_temp.claims(now() + interval '35 minutes');
select is(tap.told('tap_receiver', format('select console.record_snapshot(%L, %L, %L, %L, %L, null, null)', t.cluster_id, t.lease, now() + interval '35 minutes',
  now() + interval '40 minutes', jsonb_build_object('kubernetes_code', 'no_kubeconfig', 'capacity_code', 'no_kubeconfig', 'hopsworks_ms', 12,
    'hopsworks_certificate_until', now() + interval '1 day'))), 'true', 'a look without a kubeconfig')
from turn as t where t.cluster_id = pg_temp.a();
update console.cluster_snapshots set taken_at = taken_at - interval '1 hour' where cluster_id = pg_temp.a() and nodes is not null;
select is((select string_agg(kind || ' ' || subject, ', ') from console.open_findings where basis = 'snapshot'), 'certificate_ending hopsworks',
  'of what runs there nothing is known by then, of its Hopsworks it is');

-- What is old is no finding.
update console.cluster_snapshots set taken_at = taken_at - interval '1 day';
select is((select count(*)::int from console.open_findings where basis = 'snapshot'), 0, 'of a cluster that was not seen lately nothing is known');
update console.cluster_readings set read_at = now() - interval '51 minutes', tried_at = now() - interval '51 minutes' where kind = 'projects';
select is((select count(*)::int from console.open_findings where basis = 'projects'), 0, 'nor by a list that is old');
select isnt((select count(*)::int from console.cluster_findings where basis = 'projects'), 0, 'though it is kept');

-- The counter.
update public.hopsworks_clusters set current_users = 9 where id::text = pg_temp.a();
select is(
  (select string_agg((c ->> 'before') || '>' || (c ->> 'after'), ' ') from jsonb_array_elements(tap.acts('tap_support', 'recount_seats', pg_temp.a(), '{}', true) -> 'changes') as c),
  '9>1', 'the preview says what it will be');
truncate done;
insert into done select tap.acts('tap_support', 'recount_seats', pg_temp.a(), '{}');
select is((select current_users from public.hopsworks_clusters where id::text = pg_temp.a()), 1, 'it is right');
select is(tap.acts('tap_support', 'recount_seats', pg_temp.a(), '{}') #>> '{}', '[HD007]', 'once it is, nothing is to be done');
select is(tap.acts('tap_support', 'restore_counter', pg_temp.a(), '{"counter": 5}') #>> '{}', '[HD005]', 'nobody sets it by hand');
select is(tap.told('tap_support', format('select console.undo(%s, ''for a test'') ? ''audit_id''', (select answer ->> 'audit_id' from done))), 'true', 'it is taken back');
select is((select current_users from public.hopsworks_clusters where id::text = pg_temp.a()), 9, 'to what it was');
select is(tap.acts(login::name, 'recount_seats', pg_temp.a(), '{}') #>> '{}', '[HD003]', login || ' does not')
from unnest(array['tap_finance']) as login;
select ok(not exists (
  select from jsonb_array_elements(tap.told('tap_support', format('select console.actions_for(''cluster'', %L) -> ''actions''', pg_temp.a()))::jsonb) as o
  where o ->> 'action' like 'restore%'), 'what only takes back is offered nowhere');

-- Who may tell what.
select is(tap.told('tap_receiver', statement), '[HD005]', statement || ' is refused')
from unnest(array[
  'select console.record_reading(''x'', null, now(), ''people'', ''{}'', ''[]'')',
  'select console.record_reading(''x'', null, null, ''users'', ''{}'', ''[]'')',
  'select console.record_reading(''x'', null, now(), ''users'', ''[]'', ''[]'')',
  'select console.record_reading(''x'', null, now(), ''users'', ''{}'', null)',
  'select console.record_reading(''x'', null, now(), ''users'', ''{"code": "x"}'', ''[]'')',
  'select console.record_reading(''x'', null, now(), ''users'', ''{}'', ''{}'')'
]) as statement;
select is(tap.told(login, 'select console.record_reading(''x'', null, now(), ''users'', ''{}'', ''[]'')'), '[42501]', login || ' records nothing')
from unnest(array['tap_support', 'tap_finance', 'tap_admin', 'tap_auditor']::name[]) as login;

-- A cluster that is taken off record takes this along.
delete from public.user_projects where hopsworks_cluster_id::text = pg_temp.a();
delete from public.user_hopsworks_assignments where hopsworks_cluster_id::text = pg_temp.a();
delete from public.hopsworks_clusters where id::text = pg_temp.a();
select pg_temp.claims(now() + interval '1 hour');
select is((select count(*)::int from console.hopsworks_users where cluster_id = pg_temp.a())
  + (select count(*)::int from console.cluster_readings where cluster_id = pg_temp.a())
  + (select count(*)::int from console.cluster_findings where cluster_id = pg_temp.a()), 0, 'and nothing of it is left');

select * from finish();
rollback;
