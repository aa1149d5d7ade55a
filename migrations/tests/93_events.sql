-- What came in and what goes out, in one list: who reads what it says, doing it again, putting it aside.
begin;
set local search_path = public, extensions, tap;
select * from no_plan();
select tap.hire();
select tap.a_service();

insert into console.inbox (provider, event_id, received_at, next_attempt_at, kind, subject, state, done_at, body, outcome, last_error, attempts) values
('auth0', 'e1', '2026-01-01', '2026-01-01', 'registration', 'auth0|new', 'conflict', null, convert_to('{"email": "ann@t.example", "id_token": "xyz"}', 'UTF8'), '{"conflict": "email_taken", "user_id": "auth0|new", "holder_id": "o|ann"}', null, 0),
('stripe', 'e2', '2026-01-02', '2026-01-02', 'invoice.paid', 'cus_1', 'dead', null, '\x7b7d', null, 'it fails', 12),
('stripe', 'e3', '2026-01-03', '2026-01-03', 'invoice.paid', 'cus_1', 'done', '2026-01-03', '\x7b7d', null, null, 0),
('stripe', 'e4', '2026-01-04', '2026-01-04', 'customer.updated', 'cus_1', 'pending', null, '\x7b7d', null, null, 0);
select tap.told('tap_support', 'select console.act(''suspend_account'', ''o|ann'', ''{}'', null, false, ''for a test'')');
update console.outbox set state = 'dead', last_error = 'no such user', created_at = '2026-01-05' where subject = 'o|ann';
update console.outbox set created_at = '2026-01-05' where subject = 'm|bea';
create temporary table known as select
  (select id from console.inbox where event_id = 'e1') as conflict, (select id from console.inbox where event_id = 'e2') as dead,
  (select id from console.inbox where event_id = 'e3') as done, (select id from console.inbox where event_id = 'e4') as pending,
  (select id from console.outbox where subject = 'o|ann') as buried, (select id from console.outbox where subject = 'm|bea') as waiting;
create function pg_temp.replay(login name, events bigint[], effects bigint[], dry boolean, reason text default 'mended', during text default 'null, null, null, null') returns text language sql as $$
  select tap.told(login, format(
    'select concat_ws('' '', r ->> ''events'', r ->> ''effects'', (select string_agg(l ->> ''way'', '','') from jsonb_array_elements(r -> ''left_out'') as l)) from console.replay(%L, %L, %s, %L, %L) as r', events, effects, during, reason, dry))
$$;

select is(tap.told(login, 'select count(*) from console.traffic where way = ''in'' or subject in (''o|ann'', ''m|bea'')'), '6', format('%s sees what came and what goes out', login))
from unnest(array['tap_support', 'tap_finance', 'tap_admin', 'tap_auditor', 'tap_receiver']) as login;
select is(tap.told('tap_stranger', 'select count(*) from console.traffic'), '[42501]', 'strangers do not');
select is(tap.told('tap_support', format('select console.effect_payload(%s) #>> ''{body,status}''', (select buried from known))), '3', 'support reads what an effect says');
select is(tap.told(login, format('select console.effect_payload(%s)', (select buried from known))), '[42501]', format('%s does not', login)) from unnest(array['tap_finance', 'tap_auditor']) as login;
select is(tap.told('tap_support', 'select console.effect_payload(null)'), null, 'nothing says nothing');

select is(pg_temp.replay('tap_support', (select array[conflict, dead, done, pending] from known), (select array[buried, waiting] from known), true), '3 1 in,out', 'a dry run counts, and tells what is left out');
select is((select count(*)::int from console.inbox where state = 'pending'), 1, 'and changes nothing');
select is((select count(*)::int from console.audit where action in ('replay_events', 'requeue_outbox')), 0, 'nor is it on record');
select is(pg_temp.replay('tap_auditor', '{1}', null, true), '[42501]', 'auditors replay nothing');
select is(pg_temp.replay('tap_support', '{}', '{}', true), '0 0', 'nothing is nothing');
select is(pg_temp.replay('tap_support', '{999999}', '{999999}', true), '0 0', 'what is not there is not replayed');
select is(pg_temp.replay('tap_support', null, null, true), '[HD005]', 'all there is is not replayed by mistake');
select is(pg_temp.replay('tap_support', '{1}', null, false, reason), '[HD005]', 'it wants a reason') from unnest(array[null, '', 'x']) as reason;
select is(pg_temp.replay('tap_support', array_fill(1::bigint, array[10001]), null, true), '[HD009]', 'ten thousand at most');
select is(pg_temp.replay('tap_finance', null, null, true, null, '''2026-01-01'', ''2026-01-05'', ''{dead,conflict}'', null'), '2 0', 'by time, in some states');
select is(pg_temp.replay('tap_finance', null, null, true, null, '''2026-01-01'', ''2026-01-06'', null, null'), '3 1', 'by time, whatever does not wait');
select is(pg_temp.replay('tap_finance', null, null, true, null, '''2026-01-01'', ''2026-01-06'', ''{dead}'', ''hopsworks'''), '0 1', 'of one system');
select is(pg_temp.replay('tap_finance', null, null, true, null, '''2026-01-01'', ''2026-01-06'', ''{done}'', ''hopsworks'''), '0 0', 'effects only where they were given up');
select is(pg_temp.replay('tap_finance', null, null, true, null, '''2026-01-01'', null, null, null'), '[HD005]', 'a time has an end');

select is(pg_temp.replay('tap_finance', (select array[dead, pending] from known), (select array[buried] from known), false), '1 1 in', 'for real');
select is((select state || ' ' || attempts from console.inbox where event_id = 'e2'), 'pending 0', 'the event waits again, from the beginning');
select is((select o.state || ' ' || o.attempts from console.outbox as o join known on known.buried = o.id), 'pending 0', 'and the effect');
select is((select string_agg(action || ' ' || coalesce(subject, '-'), ', ' order by id) from console.audit where action in ('replay_events', 'requeue_outbox')), 'replay_events -, requeue_outbox o|ann', 'each is on record');

update console.outbox set state = 'dead' where subject = 'o|ann'; -- given up once more
insert into console.outbox (system, kind, effect, subject, payload, audit_id, idempotency_key, state)
select system, kind, effect, subject, payload, audit_id, 'later', 'done' from console.outbox where subject = 'o|ann';
select is(pg_temp.replay('tap_support', null, (select array[buried] from known), false), '0 0 out', 'an older effect is not tried over a later one');
select is(tap.told('tap_support', format('select console.requeue_outbox(%s, ''mended'')', (select buried from known))), '[HD004]', 'nor by itself');

select is(tap.told('tap_support', format('select console.dismiss_traffic(%L, %s, %L)', d.way, coalesce(d.id::text, 'null'), d.reason)), d.answer, d.what)
from (
  select v.* from known, lateral (values
    ('in', known.pending, 'no need', '[HD007]', 'what waits for its turn is not put aside'),
    ('in', known.done, 'no need', '[HD007]', 'nor what is done'),
    ('up', known.conflict, 'no need', '[HD005]', 'there are two ways'),
    ('in', 999999, 'no need', '[HD006]', 'what is not there is not put aside'),
    ('in', null, 'no need', '[HD006]', 'nor nothing'),
    ('in', known.conflict, null, '[HD005]', 'it wants a reason'),
    ('in', known.conflict, 'no need', '', 'a conflict is put aside'),
    ('in', known.conflict, 'no need', '[HD007]', 'once'),
    ('out', known.buried, 'no need', '', 'and an effect that was given up')
  ) as v (way, id, reason, answer, what)
) as d;
select is((select state || ' ' || (outcome ->> 'dismissed') || ' ' || (outcome ->> 'conflict') from console.inbox where event_id = 'e1'), 'done true email_taken', 'it says that it was');
select is((select o.state from console.outbox as o join known on known.buried = o.id), 'cancelled', 'nothing is sent');
select is((select count(*)::int from console.audit where action = 'dismiss_event'), 2, 'both are on record');
select tap.told('tap_support', 'select console.end_elevation()');
select is(tap.told('tap_support', format('select console.dismiss_traffic(''in'', %s, ''no need'')', (select dead from known))), '[HD002]', 'read-only is read-only');
select is(pg_temp.replay('tap_support', '{1}', null, false), '[HD002]', 'also here');
select is(tap.told('tap_auditor', 'select console.dismiss_traffic(''in'', 1, ''no need'')'), '[42501]', 'auditors decide nothing');

-- A list of a million is read by its indexes.
insert into console.inbox (provider, event_id, received_at, next_attempt_at, body, state, done_at) select 'stripe', 'm' || n, '2025-01-01'::timestamptz + n * interval '1 minute', '2025-01-01', '', 'done', '2026-01-01' from generate_series(1, 20000) as n;
analyze console.inbox, console.outbox;
create function pg_temp.plan(query text) returns text language plpgsql as $$
declare
  line text;
  plan text := '';
begin
  for line in execute 'explain ' || query loop
    plan := plan || line || E'\n';
  end loop;
  return plan;
end
$$;
select matches(pg_temp.plan('select * from console.traffic as t order by t.at desc, t.id desc, t.way desc limit 50'), 'inbox_received_idx', 'the newest are read from the end of the index');
select doesnt_match(pg_temp.plan('select * from console.traffic as t where t.at <= ''2025-01-05'' and (t.at, t.id, t.way) < (''2025-01-05'', 5, ''in'') order by t.at desc, t.id desc, t.way desc limit 50'), 'Seq Scan on inbox', 'and so is what comes after any of them');
select * from finish();
rollback;
