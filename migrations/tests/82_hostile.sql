-- What is thrown at the functions: nulls, NaN, numbers without end, SQL in strings, other people's ids. Each
-- is answered by a code of ours and a sentence, never by an error of the database's own; and nothing changes.
begin;
set local search_path = public, extensions, tap;
select * from no_plan();
select tap.hire();
select tap.a_service();

-- Every action with every odd argument and subject, for real.
create temporary table odd (value jsonb);
insert into odd values
('null'), ('""'), ('"x"'), ('"NaN"'), ('"Infinity"'), ('"-1"'), ('"1e400"'), ('1e300'), ('-0.5'), ('"0"'), ('"9999999999999999999999999999"'),
('[]'), ('{}'), ('true'), ('"''; drop table public.users; --"'), ('"$$; select pg_sleep(9); $$"'), ('"2001-01-01"'), ('"tomorrow"'), ('"99999-99-99"'),
('"\u202e\u0007"'), (to_jsonb(repeat('y', 70000))), ('"o|ann"'), ('{"a": {"b": [1, null]}}');
create temporary table given as
select a.name as action, s.subject, jsonb_object_agg(k.key, o.value) as arguments, left(o.value::text, 30) as shown
from console.actions as a
cross join (values ('o|ann'), ('m|bea'), ('00000000-0000-4000-8000-0000000000c1'), ('00000000-0000-4000-8000-0000000000e1'), (null), (''), (''' or true --'), (repeat('z', 3000))) as s (subject)
cross join odd as o
cross join unnest(array['plan', 'cap', 'flags', 'amount', 'resource', 'price', 'until', 'email', 'project_role', 'cluster_id', 'name', 'api_url', 'region',
  'max_users', 'kind', 'note', 'entry', 'owner_id', 'undoes', 'description']) as k (key)
group by a.name, s.subject, o.value;
create temporary table answers as
select g.*, tap.told('tap_admin', format('select console.act(%L, %L, %L, null, true, ''for a test'')', g.action, g.subject, g.arguments)) as answer from given as g;
select is((select count(*)::int from answers where answer ~ '^\[[0-9A-Z]{5}\]$' and answer !~ '^\[HD00[1-8]\]$'), 0, 'nothing thrown at an action gets an error of the database''s own');
select diag(action || ' ' || coalesce(left(subject, 20), 'null') || ' ' || shown || ' ' || answer) from answers where answer ~ '^\[[0-9A-Z]{5}\]$' and answer !~ '^\[HD00[1-8]\]$' limit 20;
select is((select count(*)::int from answers where (answer::text not like '[%') and (answer::jsonb ->> 'dry_run') <> 'true'), 0, 'a dry run is one');
select isnt((select count(*)::int from answers where answer like '[HD%'), 0, 'most is refused');

-- One argument at a time, where the others are sound.
create temporary table sound (action text, login text, subject text, arguments jsonb);
insert into sound values
('set_spending_cap', 'tap_finance', 'o|ann', '{"cap": "5"}'), ('grant_credits', 'tap_finance', 'o|ann', '{"amount": "5"}'), ('adjust_credits', 'tap_finance', 'o|ann', '{"amount": "5"}'),
('refund_credits', 'tap_finance', 'o|ann', '{"amount": "5"}'), ('set_price_override', 'tap_finance', 'o|ann', '{"resource": "cpu_hours", "price": "1", "until": "2999-01-01"}'),
('invite_member', 'tap_support', 'o|ann', '{"email": "new@t.example", "project_role": "Data owner"}'), ('change_plan', 'tap_finance', 'o|ann', '{"plan": "free"}'),
('edit_feature_flags', 'tap_support', 'o|ann', '{"flags": {"a": 1}}'), ('assign_cluster', 'tap_support', 'o|dan', '{"cluster_id": "00000000-0000-4000-8000-0000000000c1"}'),
('add_cluster', 'tap_admin', null, '{"name": "n", "api_url": "https://n2.example", "region": "r", "max_users": "3"}'), ('add_note', 'tap_support', 'o|ann', '{"kind": "user", "note": "n"}');
select is(left(tap.acts(s.login, s.action, s.subject, s.arguments, true)::text, 1), '{', format('%s with sound arguments goes through', s.action)) from sound as s;
create temporary table singles as
select s.action, k.key, left(o.value::text, 30) as shown, tap.acts(s.login, s.action, s.subject, s.arguments || jsonb_build_object(k.key, o.value), true) #>> '{}' as answer
from sound as s cross join lateral jsonb_object_keys(s.arguments) as k (key) cross join odd as o;
select is((select count(*)::int from singles where answer ~ '^\[[0-9A-Z]{5}\]$' and answer !~ '^\[HD00[1-8]\]$'), 0, 'one odd argument neither');
select diag(action || ' ' || key || ' ' || shown || ' ' || answer) from singles where answer ~ '^\[[0-9A-Z]{5}\]$' and answer !~ '^\[HD00[1-8]\]$' limit 20;
select is((select string_agg(distinct action || '.' || key, ' ') from singles where shown in ('"NaN"', '"Infinity"', '"1e400"', '"9999999999999999999999999999"') and key in ('cap', 'amount', 'price', 'max_users') and answer not like '[HD005]'), null,
  'no number without end is an amount');
select is((select string_agg(distinct action || '.' || key, ' ') from singles where shown like '"''; drop%' and key not in ('region', 'name', 'note') and answer not in ('[HD005]', '[HD006]')), null, 'SQL is no argument');

-- Everything else that staff can call, with nothing and with junk.
create temporary table calls as
select p.proname, w.login, j.junk, tap.told(w.login, format('select console.%I(%s)', p.proname, (
  select string_agg(format('%L::%s', case when j.junk is null then null when t in ('text'::regtype, 'jsonb'::regtype) then
    case when t = 'jsonb'::regtype then to_json(j.junk)::text else j.junk end else null end, format_type(t, null)), ', ' order by n)
  from unnest(p.proargtypes) with ordinality as u (t, n)))) as answer
from pg_proc as p
join console.functions as f on f.name = p.proname
cross join unnest(array['tap_admin', 'tap_support', 'tap_receiver']) as w (login)
cross join (values (null), (''), ('''; drop table public.users; --'), (repeat('x', 100000))) as j (junk)
where p.pronamespace = 'console'::regnamespace and p.proname not in ('upsert_registered_user', 'refresh_rollups')
  and p.proname not like 'check\_rollups%' and not exists (select from console.actions as a where a.name = p.proname);
select is((select string_agg(distinct proname || ' ' || answer, ', ') from calls where answer ~ '^\[[0-9A-Z]{5}\]$' and answer !~ '^\[(HD0[01][0-9]|42501)\]$'), null, 'nor does any other function');

select is((select count(*)::int from public.users), 5, 'everybody is still there');
select is((select count(*)::int from public.hopsworks_clusters), 2, 'and the clusters');
select is((select count(*)::int from console.outbox), 0, 'nothing was sent');

-- Somebody else's rights. The calls above ended elevations, too.
select tap.told('tap_' || who, 'select console.elevate(''a test'')') is not null from unnest(array['support', 'admin']) as who;
select is(tap.told('tap_support', 'select console.grant_credits(''o|ann'', ''{"amount": "1", "reason": "direct"}'', null, false) ->> ''dry_run'''), 'false', 'an action can be called by its own name');
select is(tap.told('tap_support', 'select console.adjust_credits(''o|ann'', ''{"amount": "1", "reason": "direct"}'', null, false)'), '[42501]', 'if it is one''s own');
grant console_admin to tap_support;
select is(tap.acts('tap_support', 'set_admin', 'o|ann'), '"[HD003]"', 'a role that somebody slipped to a login is not enough: the list of staff counts');
revoke console_admin from tap_support;
select is(tap.told(login, format('select console.%s', call)), '[42501]', format('%s cannot call %s itself', login, call))
from unnest(array['tap_admin', 'tap_support', 'tap_receiver']) as login
cross join unnest(array[
  'write_users(''o|ann'', ''{"status": "deleted"}'')', 'audit_write(''staff'', ''x'', ''x'', ''x'', ''{}'')', 'act_finish(''{}'')', 'add_user_credits(''o|ann'', ''{"total_purchased": 1}'')',
  'outbox_end(null, ''done'', null, null)', 'renew_grants()', 'staff_record(''x'', ''auth0|x'', ''x'', ''admin'')', 'adopt_staff(''tap_stranger'', ''auth0|x'', ''x'', ''admin'')'
]) as call;

-- No function of ours is for everybody, whatever default grants there are.
select is_empty(
  $$ select p.oid::regprocedure, r.name from pg_proc as p cross join (values ('anon'), ('authenticated'), ('service_role'), ('tap_stranger')) as r (name)
     where p.pronamespace = 'console'::regnamespace and has_function_privilege(r.name, p.oid, 'execute') and p.proname <> 'read_as_customer' $$,
  'none of our functions is executable by PUBLIC, anon, authenticated or service_role'
);
select is_empty(
  $$ select p.oid::regprocedure from pg_proc as p, aclexplode(p.proacl) as a where p.pronamespace = 'console'::regnamespace and a.grantee in (0, 'authenticated'::regrole) $$,
  'read_as_customer included'
);
select is_empty(
  $$ select p.oid::regprocedure from pg_proc as p where p.pronamespace = 'console'::regnamespace and p.prosecdef and not coalesce(p.proconfig @> array['search_path=""'], false)
     and p.proname <> 'upsert_registered_user' $$,
  'every definer function has an empty search path'
);
select is((select string_agg(p.proname, ' ') from pg_proc as p where p.pronamespace = 'console'::regnamespace and p.proname in ('act', 'act_many', 'undo') and p.prosecdef), null,
  'the doors run as the caller, so that Postgres itself asks whether they may');
select bag_eq(
  $$ select a.name, array(select g from unnest(a.groups) as g order by g) from console.actions as a $$,
  $$ select p.proname::text, array(
       select replace(r.rolname, 'console_', '') from aclexplode(p.proacl) as x join pg_roles as r on r.oid = x.grantee
       where r.rolname like 'console\_%' order by 1)
     from pg_proc as p where p.pronamespace = 'console'::regnamespace and exists (select from console.actions as a where a.name = p.proname) $$,
  'what an action asks and what Postgres asks are the same'
);
select is(tap.told('tap_finance', 'select console.may_see_addresses()'), 'false', 'finance is told that addresses are hidden');
select is(tap.told('tap_finance', 'select console.registration_address(''o|ann'')'), null, 'and is given none');
select is(tap.told('tap_support', 'select console.registration_address(''o|ann'')'), '203.0.113.7', 'support is');
select is_empty(
  $$ select c.relname from pg_class as c where c.relnamespace = 'console'::regnamespace and c.relkind = 'r' and not c.relrowsecurity and c.relname not like 'migrations%' $$,
  'every table of ours has row level security on'
);
select is_empty($$ select p.oid::regprocedure from pg_proc as p where p.pronamespace = 'console'::regnamespace and obj_description(p.oid, 'pg_proc') is null
     -- Pages whose plans are kept say it in the file that attach makes them from.
     and p.proname not in ('search', 'show_user') and p.proname not like 'list\_%' $$, 'every function says what it is for');

select * from finish();
rollback;
