-- A whole bulk taken back, row by row; a bulk that is kept until it came to its end; the trail given away.
begin;
set local search_path = public, extensions, tap;
select * from no_plan();
select tap.hire();
select tap.a_service();
insert into public.users (id, email, name) select 'b|' || n, 'b' || n || '@bulk.example', 'B ' || n from generate_series(1, 1000) as n;
insert into public.user_hopsworks_assignments (user_id, hopsworks_cluster_id)
select 'b|' || n, '00000000-0000-4000-8000-0000000000c1' from generate_series(1, 1000) as n;

create function pg_temp.many(login name, action text, items jsonb, key text) returns text
language sql as $$
  select tap.told(login, format('select concat_ws('' '', m ->> ''done'', m ->> ''failed'', m ->> ''already'') from console.act_many(%L, %L, ''{}'', ''for a test'', false, %L) as m', action, items, key));
$$;
create function pg_temp.back(login name, run text, dry boolean, key text, reason text default 'a mistake') returns text
language sql as $$
  select tap.told(login, format(
    'select concat_ws('' '', m ->> ''done'', m ->> ''failed'', m ->> ''already'') from console.undo_many(%L, %L, %L, %L) as m',
    (select array_agg(a.id) from console.audit as a where a.run = $2), reason, dry, key
  ));
$$;
create function pg_temp.suspended() returns bigint language sql as $$
  select count(*) from public.users where id like 'b|%' and status = 'suspended';
$$;

select is(pg_temp.many('tap_support', 'suspend_account', '["b|1", "b|2", "b|3", "b|4"]', 'first-bulk'), '4 0 0', 'four are suspended');
select is(pg_temp.back('tap_support', 'first-bulk', true, null), '4 0 0', 'a dry run says that all could be taken back');
select is(pg_temp.suspended(), 4::bigint, 'and changes nothing');
select is(pg_temp.back('tap_support', 'first-bulk', false, 'first-back', null), '0 4 0', 'without a reason none is');
-- One has moved on meanwhile, and one was taken back by hand.
select tap.told('tap_support', 'select console.act(''reactivate_account'', ''b|2'', ''{}'', null, false, ''called in'')');
select tap.told('tap_support', format('select console.undo(%s, ''called in'')', (select id from console.audit where run = 'first-bulk' and subject = 'b|3')));
select is(pg_temp.back('tap_auditor', 'first-bulk', false, 'first-back'), '[42501]', 'auditors take nothing back');
select is(pg_temp.back('tap_finance', 'first-bulk', false, 'first-back'), '[HD003]', 'nor do those who could not have done it');
select is(pg_temp.back('tap_support', 'first-bulk', false, 'short'), '[HD005]', 'a key is eight letters at least');
select is(pg_temp.back('tap_support', 'first-bulk', false, 'first-back'), '2 1 1', 'the rest is taken back, row by row');
select is(pg_temp.suspended(), 0::bigint, 'nobody is suspended any more');
select is((select count(*)::int from console.audit where run = 'first-back' and undoes is not null), 2, 'each is an entry that says which it took back');
select is(pg_temp.back('tap_support', 'first-bulk', false, 'first-back'), '0 1 3', 'the same again goes on, and does nothing twice');
select matches(
  tap.told('tap_support', format('select m #>> ''{results,0,message}'' from console.undo_many(%L, ''a mistake'', false) as m', (select array[id] from console.audit where run = 'first-bulk' and subject = 'b|2'))),
  'moved on', 'what moved on is left, and it says why'
);
select is(pg_temp.back('tap_support', 'first-back', false, 'back-again'), '2 0 0', 'taking a bulk back is a bulk, and can be taken back');
select is(pg_temp.suspended(), 2::bigint, 'so they are suspended again');
select is(tap.told('tap_support', format('select console.undo_many(%L, ''a mistake'')', bad.ids)), '[HD005]', format('%s is refused', left(coalesce(bad.ids, 'nothing'), 20)))
from (values ('{}'), (null), ('{null}'), ((select array_agg(n)::text from generate_series(1, 1001) as n))) as bad (ids);
select is(tap.told('tap_support', 'select concat_ws('' '', m ->> ''failed'', m #>> ''{results,0,sqlstate}'') from console.undo_many(''{999999}'', ''a mistake'', false) as m'), '1 HD006', 'what is no entry fails alone');
-- Somebody whom it did not reach is not reached by taking it back.
select is((select status from public.users where id = 'b|5'), 'active', 'others are as they were');

-- A thousand, within minutes each way on any machine; how fast is for the benchmarks.
create temporary table took as select clock_timestamp() as began;
select is(pg_temp.many('tap_support', 'suspend_account', (select jsonb_agg('b|' || n) from generate_series(1, 1000) as n), 'the-big-one'), '998 2 0', 'a thousand are suspended');
select ok(clock_timestamp() - began < interval '5 minutes', format('within minutes (%s)', clock_timestamp() - began)) from took;
-- As a minute later: what autovacuum would have counted by then.
analyze public.users, public.user_hopsworks_assignments, console.holds, console.audit, console.audit_data, console.outbox;
update took set began = clock_timestamp();
select is(pg_temp.back('tap_support', 'the-big-one', false, 'the-big-back'), '998 0 0', 'and taken back');
select ok(clock_timestamp() - began < interval '5 minutes', format('within minutes (%s)', clock_timestamp() - began)) from took;

-- Kept until its end.
create function pg_temp.left_over(login name) returns text language sql as $$
  select tap.told(login, 'select string_agg(b.client_key || '' '' || b.action || '': '' || (select string_agg((s ->> ''name'') || case when (s ->> ''done'')::boolean then ''+'' else '''' end, '' '') from jsonb_array_elements(b.subjects) as s), ''; '') from console.bulks_left() as b');
$$;
select is(tap.told('tap_support', 'select console.open_bulk(''kept-bulk'', ''suspend_account'', ''{b|10,b|11,nobody}'', ''{}'', ''for a test'')'), '', 'a bulk is kept before its first row');
select is(pg_temp.left_over('tap_support'), 'kept-bulk suspend_account: B 10 B 11 nobody', 'so what is left of it is known');
select is(pg_temp.many('tap_support', 'suspend_account', '["b|10"]', 'kept-bulk'), '1 0 0', 'it is begun');
select is(pg_temp.left_over('tap_support'), 'kept-bulk suspend_account: B 10+ B 11 nobody', 'and goes on from there');
select is(pg_temp.left_over('tap_admin'), null, 'nobody goes on with somebody else''s');
select is(tap.told('tap_support', 'select console.open_bulk(''kept-bulk'', ''delete_user'', ''{b|10}'', ''{}'', ''for a test'')'), '[HD007]', 'its key is its own');
select is(tap.told('tap_admin', 'select console.end_bulk(''kept-bulk'')'), 'false', 'nobody ends somebody else''s');
select is(tap.told('tap_support', 'select console.end_bulk(''kept-bulk'')'), 'true', 'it comes to its end');
select is(pg_temp.left_over('tap_support'), null, 'and nothing is left');
select is(tap.told('tap_support', format('select console.open_bulk(''kept-undo'', ''undo'', %L, ''{}'', ''for a test'')', (select array_agg(id::text) from console.audit where run = 'kept-bulk'))), '', 'taking back is kept too');
select is(pg_temp.left_over('tap_support'), 'kept-undo undo: B 10', 'by the entries');
select is(pg_temp.back('tap_support', 'kept-bulk', false, 'kept-undo'), '1 0 0', 'it is done');
select is(pg_temp.left_over('tap_support'), 'kept-undo undo: B 10+', 'and known to be');
select is(tap.told('tap_support', format('select console.open_bulk(%L, %L, %L, %L, %L)', b.key, b.action, b.subjects, b.arguments, b.reason)), b.answer, b.what)
from (values
  ('short', 'suspend_account', '{a}', '{}', 'for a test', '[HD005]', 'a short key'),
  ('long-enough', 'add_cluster', '{a}', '{}', 'for a test', '[HD006]', 'nothing that is done to nobody'),
  ('long-enough', 'drop_table', '{a}', '{}', 'for a test', '[HD006]', 'no such action'),
  ('long-enough', null, '{a}', '{}', 'for a test', '[HD006]', 'none'),
  ('long-enough', 'suspend_account', '{}', '{}', 'for a test', '[HD005]', 'for nobody'),
  ('long-enough', 'suspend_account', '{null}', '{}', 'for a test', '[HD005]', 'for null'),
  ('long-enough', 'suspend_account', '{a}', '[]', 'for a test', '[HD005]', 'strange arguments'),
  ('long-enough', 'suspend_account', '{a}', '{}', 'no', '[HD005]', 'no reason')
) as b (key, action, subjects, arguments, reason, answer, what);
select is(tap.told('tap_auditor', 'select console.open_bulk(''long-enough'', ''suspend_account'', ''{a}'', ''{}'', ''for a test'')'), '[42501]', 'auditors begin none');

-- What an outsider needs to compute every link again, from the view alone.
set constraints all immediate;
select is(
  tap.told('tap_auditor', $$ select count(*) from console.audit_entries as e
    where encode(sha256(convert_to(e.digested, 'UTF8')), 'hex') is distinct from e.digest
      or encode(sha256(decode(e.salt, 'hex') || convert_to(e.data_text, 'UTF8')), 'hex') is distinct from e.data_digest
      or encode(sha256(decode(e.hash_before, 'hex') || decode(e.digest, 'hex')), 'hex') is distinct from e.hash
      or e.digested::jsonb ->> 9 is distinct from e.data_digest $$),
  '0', 'every digest of the trail can be computed again'
);
select ok(tap.told('tap_auditor', 'select count(*) from console.audit_entries')::int > 2000, 'of thousands of entries');
select is(tap.told('tap_auditor', 'select string_agg(w, '' '') from console.audit_words(''action'') as w'), (select string_agg(distinct action, ' ' order by action) from console.audit), 'the trail names its actions');
select is(tap.told('tap_auditor', 'select string_agg(w, '' '') from console.audit_words(''login'') as w'), (select string_agg(distinct login, ' ' order by login) from console.audit), 'and its logins');
select is(tap.told('tap_auditor', 'select console.verify_audit(''staff'') ->> ''ok'''), 'true', 'and the chain holds');
select * from finish();
rollback;
