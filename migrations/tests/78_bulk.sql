-- One action on many: dry, row by row, resumed, fast.
begin;
set local search_path = public, extensions, tap;
select * from no_plan();
select tap.hire();
select tap.a_service();
insert into public.users (id, email, name) select 'b|' || n, 'b' || n || '@bulk.example', 'B ' || n from generate_series(1, 1000) as n;
insert into public.user_hopsworks_assignments (user_id, hopsworks_cluster_id)
select 'b|' || n, '00000000-0000-4000-8000-0000000000c1' from generate_series(1, 1000) as n;

create function pg_temp.many(login name, items jsonb, dry boolean, key text, action text default 'suspend_account', arguments jsonb default '{}') returns text
language plpgsql as $$
declare
  said text := tap.told(login, format('select console.act_many(%L, %L, %L, ''for a test'', %L, %L)', action, items, arguments, dry, key));
begin
  if said ~ '^\[[0-9A-Z]{5}\]$' then
    return said;
  end if;
  return concat_ws(' ', said::jsonb ->> 'done', said::jsonb ->> 'failed', said::jsonb ->> 'already');
end
$$;

select is(pg_temp.many('tap_support', '["b|1", "b|2", "nobody", "o|eve"]', true, null), '2 2 0', 'a dry run says which rows would fail');
select is((select count(*)::int from public.users where status = 'suspended' and id like 'b|%'), 0, 'and changes nothing');
select is(pg_temp.many('tap_support', '["b|1", "b|2", "nobody", "o|eve", "b|1"]', false, 'first-bulk'), '2 2 0', 'a bad row fails alone');
select is(pg_temp.many('tap_support', '["b|1", "b|2", "b|3"]', false, 'first-bulk'), '1 0 2', 'the same key goes on where it was');
select is((select count(*)::int from console.audit where run = 'first-bulk'), 3, 'each is an entry, once');
select is(pg_temp.many('tap_support', '["b|4"]', false, 'first-bulk', 'reactivate_account'), '[HD007]', 'a key belongs to one bulk');
select is(pg_temp.many('tap_admin', '["b|4"]', false, 'first-bulk'), '1 0 0', 'and to one login');
select is(pg_temp.many('tap_support', items, false, null), '[HD005]', format('%s is refused', left(items::text, 40)))
from (values
  ('[]'::jsonb), ('{}'), ('null'), ('[null]'), ('[7]'), ('[["b|1"]]'), ((select jsonb_agg('b|' || n) from generate_series(1, 1001) as n))
) as bad (items);
select is(pg_temp.many('tap_auditor', '["b|5"]', true, null), '[42501]', 'auditors act on nobody');
select is(pg_temp.many('tap_finance', '["b|5", "b|6"]', true, null), '[HD003]', 'what nobody of the group may do is refused as a whole');
select is(pg_temp.many('tap_support', '["b|5"]', true, null, 'drop_table'), '[HD006]', 'there is no such action');
select is(pg_temp.many('tap_support', '["b|5"]', true, null, 'add_cluster'), '[HD006]', 'nor one on many');
select is(pg_temp.many('tap_support', '[{"subject": "b|5", "expected": "old"}, {"subject": "b|6"}]', true, null), '1 1 0', 'a stale row fails alone');
select is(tap.told('tap_support', 'select console.bulk_note(''first-bulk'', ''b|9'', 1)'), '[HD005]', 'nobody notes what they did not do');

create temporary table took as select clock_timestamp() as began;
select is(
  pg_temp.many('tap_support', (select jsonb_agg('b|' || n) from generate_series(1, 1000) as n), false, 'the-big-one'), '996 4 0',
  'a thousand are suspended in one call'
);
set constraints all immediate;
-- On any machine; how fast is for the benchmarks.
select ok(clock_timestamp() - began < interval '5 minutes', format('within minutes (%s)', clock_timestamp() - began)) from took;
select is((select count(*)::int from public.users where status = 'suspended' and id like 'b|%'), 1000, 'all of them');
select is(tap.told('tap_auditor', 'select console.verify_audit(''staff'') ->> ''ok'''), 'true', 'and the chain holds');
select * from finish();
rollback;
