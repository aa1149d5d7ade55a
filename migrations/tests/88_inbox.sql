-- Events: stored once, claimed by one, never two of a subject at a time, put off, given up, applied again.
begin;
set local search_path = public, extensions, tap;
select * from no_plan();
select tap.hire();
select tap.a_service();

create function pg_temp.store(ids text[], subject text default null) returns text language sql as $$
  select tap.told('tap_receiver', format(
    'select array_to_string(console.store_events(%L::text[], %L::text[], array_fill(now(), array[%s]), array_fill(''{}''::jsonb, array[%3$s]), array_fill(''{}''::bytea, array[%3$s]), array_fill(''k''::text, array[%3$s]), %L::text[], array_fill(true, array[%3$s])), '' '')',
    array_fill('stripe'::text, array[cardinality(ids)]), ids, cardinality(ids), array_fill(subject, array[cardinality(ids)])
  ))
$$;
create function pg_temp.claim(at timestamptz default clock_timestamp()) returns text language sql as $$
  select coalesce(tap.told('tap_receiver', format('select string_agg(event_id, '' '') from console.claim_events(''{stripe}'', %L, 10)', at)), '')
$$;

select is(pg_temp.store(array['a', 'b', 'a']), 'new new duplicate', 'an event is stored once, also within a batch');
select is(pg_temp.store(array['b', 'c']), 'duplicate new', 'and across batches');
select is(pg_temp.store(array['']), '[23514]', 'a row that cannot be is refused');
select is((select count(*)::int from console.inbox), 3, 'and nothing of its batch is stored');
select is(tap.told('tap_support', 'select console.store_events(''{}'', ''{}'', ''{}'', ''{}'', ''{}'', ''{}'', ''{}'', ''{}'')'), '[42501]', 'staff store nothing');
select is(tap.told('tap_receiver', 'insert into console.inbox (provider, event_id, received_at, body, next_attempt_at) values (''stripe'', ''z'', now(), '''', now())'), '[42501]', 'programs write no table');
select is(tap.told('tap_receiver', 'select count(*) from console.inbox'), '[42501]', 'nor read it');

select is(pg_temp.claim(), 'a b c', 'what is due is claimed');
select is(tap.told('tap_receiver', format('select console.put_off_event(%s, 0, %L, ''it fails'', true)', i.id, clock_timestamp() + interval '1 hour')), 'true', 'one is put off')
from console.inbox as i where event_id = 'a';
select is(pg_temp.claim(), 'b c', 'and not due');
select is(pg_temp.claim(clock_timestamp() + interval '2 hours'), 'b c a', 'until it is');
select is(tap.told('tap_receiver', format('select console.put_off_event(%s, 0, null, ''too late'', true)', i.id)), 'false', 'a failure of long ago no longer matters')
from console.inbox as i where event_id = 'a';
select is(tap.told('tap_receiver', format('select console.put_off_event(%s, 1, null, ''given up'', true)', i.id)), 'true', 'one is given up')
from console.inbox as i where event_id = 'a';
select is(tap.told('tap_receiver', format('select console.end_events(array[%s::bigint], ''{done}'', array[''{"a": 1}''::jsonb], now())', i.id)), '1', 'one is done')
from console.inbox as i where event_id = 'b';
select is(tap.told('tap_receiver', format('select console.end_events(array[%s::bigint], ''{done}'', array[null::jsonb], now())', i.id)), '0', 'once')
from console.inbox as i where event_id = 'b';
select is(tap.told('tap_receiver', format('select console.end_events(array[%s::bigint], ''{dead}'', array[null::jsonb], now())', i.id)), '[HD005]', 'there are two ends')
from console.inbox as i where event_id = 'c';
select is(tap.told('tap_receiver', format('select console.put_off_event(%s, 0, ''infinity'', ''x'', true)', i.id)), '[HD005]', 'and no end of time')
from console.inbox as i where event_id = 'c';
select is((select string_agg(event_id || ' ' || state || ' ' || attempts, ', ' order by event_id) from console.events), 'a dead 2, b done 0, c pending 0', 'lists show it');

select is(tap.told('tap_finance', 'select console.replay_events(null, null, null, null, null, null, true)'), '[HD005]', 'a replay names events or a time');
select is(tap.told('tap_finance', 'select console.replay_events(null, now() - interval ''1 day'', now() + interval ''1 day'', ''{dead}'', ''stripe'', null, true) ->> ''count'''), '1', 'a dry run counts');
select is((select state from console.inbox where event_id = 'a'), 'dead', 'and changes nothing');
select is(tap.told('tap_finance', 'select console.replay_events(null, now() - interval ''1 day'', now() + interval ''1 day'', null, null, ''x'', false)'), '[HD005]', 'it wants a reason');
select is(tap.told('tap_auditor', 'select console.replay_events(''{1}'', null, null, null, null, ''mended'', true)'), '[42501]', 'auditors replay nothing');
select is(tap.told('tap_finance', format('select console.replay_events(%L, null, null, null, null, ''mended'', false) ->> ''count''', (select array_agg(id) from console.inbox))), '2', 'what waits is not replayed');
select is((select string_agg(event_id || ' ' || state || ' ' || attempts, ', ' order by event_id) from console.events), 'a pending 0, b pending 0, c pending 0', 'the others wait again, from the beginning');
select is((select count(*)::int from console.audit where action = 'replay_events' and login = 'tap_finance'), 1, 'and it is on record');

update console.inbox set body = convert_to('{"a": {"client_secret": "hunter2", "list": [{"token": "t"}]}, "b": "x"}', 'UTF8') where event_id = 'a';
select is(tap.told('tap_support', format('select console.event_payload(%s) -> ''body''', (select id from console.inbox where event_id = 'a'))), '{"a": {"list": [{"token": "masked"}], "client_secret": "masked"}, "b": "x"}', 'secrets are masked');
update console.inbox set body = '\x00ff' where event_id = 'a';
select is(tap.told('tap_support', format('select console.event_payload(%s) ->> ''body''', (select id from console.inbox where event_id = 'a'))), null, 'what is no JSON is said to be none');
select is(tap.told('tap_finance', 'select console.event_payload(1)'), '[42501]', 'finance does not read what people sent');
-- The plan of this session is of when there were three.
insert into console.inbox (provider, event_id, received_at, body, next_attempt_at)
select 'stripe', 'many ' || n, now(), '\x7b7d', now() - interval '1 day' from generate_series(1, 5000) as n;
create function pg_temp.looked_at() returns bigint language sql as $$
  select seq_tup_read + idx_tup_fetch from pg_stat_xact_user_tables where relid = 'console.inbox'::regclass
$$;
create temp table before as select pg_temp.looked_at() as rows;
create temp table many as select array_agg(id) as ids from console.claim_events('{stripe}', now(), 10);
select cmp_ok(pg_temp.looked_at() - (select rows from before), '<=', 100::bigint, 'few of many are claimed without a look at the others');
update before set rows = pg_temp.looked_at();
select is((select console.end_events(ids, array_fill('done'::text, array[10]), array_fill(null::jsonb, array[10]), now()) from many), 10::bigint, 'and end');
select cmp_ok(pg_temp.looked_at() - (select rows from before), '<=', 100::bigint, 'without one, too');
select * from finish();
