-- Effects in other systems: leased, in order, retried, given up, tried again by hand.
begin;
set local search_path = public, extensions, tap;
select * from no_plan();
select tap.hire();
select tap.a_service();
select tap.acts('tap_support', 'suspend_account', 'o|ann');
select tap.acts('tap_support', 'reactivate_account', 'o|ann');
select tap.acts('tap_admin', 'assign_cluster', 'o|dan', '{"cluster_id": "00000000-0000-4000-8000-0000000000c2"}');

create temporary table leased (login text, id bigint, lease uuid, system text, kind text, subject text, status text, attempts int);
grant all on leased to public;
create function pg_temp.claim(login name, own boolean, at timestamptz default clock_timestamp()) returns text language plpgsql as $$
declare
  answer text;
begin
  delete from leased as l where l.login = claim.login;
  answer := tap.told(login, format(
    'with c as (select * from console.claim_outbox(10, %L, %L)), i as (insert into pg_temp.leased select %L, id, lease, system, kind, subject, payload ->> ''status'', attempts from c returning 1)
     select string_agg(subject || coalesce('' '' || (payload ->> ''status''), ''''), '', '' order by id) from c', at, own, login));
  return answer;
end
$$;
create function pg_temp.ends(login name, what text, subject text, more text default '') returns text language sql as $$
  select tap.told(login, format('select console.%I(%s, %L%s)', what, l.id, l.lease, more)) from leased as l where l.login = ends.login and l.subject = ends.subject
$$;

select is(tap.told('tap_finance', 'select count(*) from console.claim_outbox(10, now(), false)'), '0', 'staff get what their own actions wrote, whatever they ask');
select is(tap.told('tap_auditor', 'select count(*) from console.claim_outbox(10, now())'), '[42501]', 'auditors do nothing');
select is(tap.told('tap_receiver', 'select count(*) from console.claim_outbox(0, now(), false)'), '[HD005]', 'nobody claims nothing');
select is(tap.told('tap_receiver', 'select count(*) from console.claim_outbox(10, ''infinity'', false)'), '[HD005]', 'nor at the end of time');
select is(pg_temp.claim('tap_support', true), 'm|bea 3, o|ann 3', 'the first for each subject comes first');
select is(pg_temp.claim('tap_receiver', false), 'o|dan', 'what is leased is not given twice');
select is(pg_temp.ends('tap_receiver', 'finish_outbox', 'o|dan', ', ''{"hopsworks_user_id": 77, "hopsworks_username": "dan"}'''), '', 'it is finished');
select is((select hopsworks_user_id || hopsworks_username from public.user_hopsworks_assignments where user_id = 'o|dan'), '77dan', 'and the seat knows the number there');
select is(pg_temp.ends('tap_receiver', 'finish_outbox', 'o|dan'), '[HD004]', 'once');
select is(pg_temp.ends('tap_support', 'retry_outbox', 'o|ann', format(', ''it is down'', %L', clock_timestamp() + interval '1 minute')), '', 'one is given back');
select is(pg_temp.ends('tap_support', 'finish_outbox', 'm|bea', ', null'), '', 'one is done');
select is(pg_temp.claim('tap_receiver', false), 'm|bea 2', 'only the one that was done has its next turn');
select is(pg_temp.claim('tap_support', true, clock_timestamp() + interval '70 seconds'), 'o|ann 3', 'in a minute the other comes again');
select is(pg_temp.claim('tap_receiver', false, clock_timestamp() + interval '10 minutes'), null, 'a program whose clock is ahead takes nothing from those who have it');
select is((select bool_and(leased_until between clock_timestamp() + interval '1 minute' and clock_timestamp() + interval '2 minutes') from console.outbox where lease is not null), true, 'nor has it anything for longer');
update console.outbox set leased_until = clock_timestamp() where lease is not null;
select is(pg_temp.claim('tap_receiver', false, clock_timestamp() + interval '10 minutes'), 'o|ann 3, m|bea 2', 'the lease of a worker that died runs out');
select is((select max(attempts) from leased where login = 'tap_receiver' and subject = 'o|ann'), 3, 'tries are counted');
select is(pg_temp.ends('tap_support', 'finish_outbox', 'o|ann'), '[HD004]', 'and it comes too late');
select is(pg_temp.ends('tap_receiver', 'bury_outbox', 'o|ann', ', ''gone for good'''), '', 'one is given up');
select is(tap.told('tap_support', 'select state || '' '' || last_error from console.outbox_of(p_subject => ''o|ann'') order by id limit 1'), 'dead gone for good', 'and says why');
update console.outbox set leased_until = clock_timestamp() where lease is not null;
select is(pg_temp.claim('tap_receiver', false, clock_timestamp() + interval '20 minutes'), 'm|bea 2, o|ann 2', 'what comes after it goes on');
select is(tap.told('tap_finance', format('select console.requeue_outbox(%s, ''mended'')', (select min(id) from console.outbox where state = 'dead'))), '[HD004]',
  'what a later effect would be undone by is not tried again');
select pg_temp.ends('tap_receiver', 'bury_outbox', 'o|ann', ', ''gone too''');
select is(tap.told('tap_support', format('select console.requeue_outbox(%s, ''mended'')', (select max(id) from console.outbox where state = 'dead'))), '', 'else it is');
select is((select state || attempts from console.outbox where subject = 'o|ann' order by id desc limit 1), 'pending0', 'from the beginning');
select is(tap.told('tap_support', 'select console.requeue_outbox(-1, ''mended'')'), '[HD006]', 'nothing is nothing');
select is(tap.told('tap_receiver', statement), '[HD006]', statement || ' is refused')
from unnest(array['select console.finish_outbox(null, null)', 'select console.bury_outbox(-1, gen_random_uuid(), null)', 'select console.retry_outbox(-1, null, null, null)']) as statement;

select is((select count(*)::int from console.outbox where payload::text like '%@%' or payload ?| array['email', 'token', 'api_key']), 0, 'no address and no secret is in a payload');
set constraints all immediate;
select is(tap.told('tap_receiver', 'select (console.verify_audit(''system'') ->> ''rows'')::int > 3'), 'true', 'what programs did has a chain of its own');
select is(tap.told('tap_receiver', 'select console.verify_audit(''system'') ->> ''ok'''), 'true', 'that holds');
select * from finish();
rollback;
