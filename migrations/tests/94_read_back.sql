-- Reading providers back: one program at a time, from where the last one had come to, and only programs.
begin;
set local search_path = public, extensions, tap;
select * from no_plan();
select tap.hire();

create temporary table turn (lease uuid, cursor jsonb);
grant all on turn to public;
create function pg_temp.begins(login name, at timestamptz default clock_timestamp()) returns text language plpgsql as $$
begin
  delete from turn;
  return tap.told(login, format(
    'with t as (insert into pg_temp.turn select * from console.begin_read_back(''auth0_users'', %L) returning cursor) select cursor from t', at));
end
$$;
create function pg_temp.notes(login name, more text, at timestamptz default clock_timestamp()) returns text language sql as $$
  select tap.told(login, format('select console.note_read_back(''auth0_users'', %L, %L, %s)', (select lease from turn), at, more))
$$;

select is(pg_temp.begins('tap_receiver'), '{}', 'it begins at the beginning');
select is((select count(*)::int from turn as t, console.begin_read_back('auth0_users', clock_timestamp())), 0, 'nobody else begins meanwhile');
select is(pg_temp.notes('tap_receiver', '''{"from": "2026-01-01T00:00:00Z"}'', ''2026-01-01'', 3, null, null'), 'true', 'it says how far it came');
select is(pg_temp.notes('tap_receiver', '''{"from": "2026-02-01T00:00:00Z"}'', ''2026-02-01'', 2, null, clock_timestamp() + interval ''10 minutes'''), 'true', 'and ends');
select is((select covered_until::date || ' ' || filled_in || ' ' || (lease is null) from console.read_backs), '2026-02-01 5 true', 'what it filled in is counted');
select is(pg_temp.notes('tap_receiver', 'null, null, 1, null, null'), 'false', 'after that it has no say');
select is(pg_temp.begins('tap_receiver'), null, 'it is not due at once');
select is(pg_temp.begins('tap_receiver', clock_timestamp() + interval '11 minutes'), '{"from": "2026-02-01T00:00:00Z"}', 'then it goes on where it was');
select is((select count(*)::int from console.begin_read_back('auth0_users', clock_timestamp() + interval '14 minutes')), 0, 'a clock that is ahead takes no turn away');
update console.read_backs set leased_until = clock_timestamp();
select is((select count(*)::int from console.begin_read_back('auth0_users', clock_timestamp() + interval '14 minutes')), 1, 'a program that died gives its turn back');
select is(pg_temp.notes('tap_receiver', 'null, ''2020-01-01'', 0, ''down'', clock_timestamp()'), 'false', 'and comes too late');
select is((select covered_until::date from console.read_backs), '2026-02-01', 'nothing is uncovered again');

select is(tap.told('tap_receiver', statement), '[HD005]', statement || ' is refused')
from unnest(array[
  'select * from console.begin_read_back(''x'', now())', 'select * from console.begin_read_back(null, now())',
  'select * from console.begin_read_back(''auth0_users'', ''infinity'')', 'select * from console.begin_read_back(''auth0_users'', null)',
  'select console.note_read_back(''auth0_users'', null, null, null, null, 0, null, null)',
  'select console.note_read_back(''auth0_users'', null, now(), ''[]'', null, 0, null, null)',
  'select console.note_read_back(''auth0_users'', null, now(), null, ''infinity'', 0, null, null)',
  'select console.note_read_back(''auth0_users'', null, now(), null, null, -1, null, null)',
  'select console.note_read_back(''auth0_users'', null, now(), null, null, 0, null, ''-infinity'')'
]) as statement;
select is(tap.told(login, 'select * from console.begin_read_back(''auth0_users'', now())'), '[42501]', login || ' reads nothing back')
from unnest(array['tap_support', 'tap_admin', 'tap_auditor', 'tap_stranger']) as login;
select is(tap.told('tap_auditor', 'select filled_in from console.read_backs'), '5', 'everybody on the list may see how far it is');
select is(
  tap.told('tap_receiver', 'select rows || '' '' || (oldest_seconds > 86400) from console.queue_figures(now()) where queue = ''read_back'''),
  '5 true', 'operators are told how far behind it is'
);
select is(tap.told('tap_receiver', 'select console.first_event(''stripe'', true)'), null, 'nothing of Stripe''s has arrived yet');
insert into console.inbox (provider, event_id, received_at, headers, body, next_attempt_at, origin, livemode) values
('stripe', 'fetched', '2026-01-01', '{}', '', now(), 'read_back', true), ('auth0', 'other', '2026-01-02', '{}', '', now(), 'sent', null),
('stripe', 'tried', '2026-01-02', '{}', '', now(), 'sent', false),
('stripe', 'first', '2026-01-03', '{}', '', now(), 'sent', true), ('stripe', 'second', '2026-01-04', '{}', '', now(), 'sent', true);
select is(tap.told('tap_receiver', 'select console.first_event(''stripe'', true)::date'), '2026-01-03', 'the first that arrived by itself counts');
select is(tap.told('tap_receiver', 'select console.first_event(''stripe'', false)::date'), '2026-01-02', 'of the other mode, the first of that');
select is(tap.told('tap_admin', 'select console.first_event(''stripe'', true)'), '[42501]', 'for programs alone');
insert into console.inbox (provider, event_id, received_at, headers, body, next_attempt_at, origin, livemode) values
('stripe', 'live_9', '2026-02-03', '{}', 'nine', now(), 'sent', true), ('stripe', 'live_1', '2026-02-04', '{}', 'one', now(), 'sent', true),
('stripe', 'test', '2026-02-05', '{}', 'test', now(), 'sent', false), ('stripe', 'live_fetched', '2026-02-05', '{}', '', now(), 'read_back', true),
('stripe', 'live_old', '2026-02-01', '{}', '', now(), 'sent', true), ('auth0', 'live_other', '2026-02-05', '{}', '', now(), 'sent', true);
select is(
  tap.told('tap_receiver', 'select string_agg(convert_from(body, ''UTF8''), '' '') from console.sent_by_stripe(true, ''2026-02-02'')'),
  'one nine', 'a key is tried on what Stripe itself sent lately, in its mode, newest first'
);
select is(tap.told('tap_receiver', 'select string_agg(convert_from(body, ''UTF8''), '' '') from console.sent_by_stripe(false, ''2026-02-02'')'), 'test', 'and so in the other one');
insert into console.inbox (provider, event_id, received_at, headers, body, next_attempt_at, origin, livemode)
select 'stripe', 'many_' || n, '2026-03-01', '{}', '', now(), 'sent', true from generate_series(1, 12) as n;
select is(tap.told('tap_receiver', 'select count(*) from console.sent_by_stripe(true, ''2026-02-02'')'), '10', 'ten are enough');
select is(tap.told('tap_admin', 'select * from console.sent_by_stripe(true, now())'), '[42501]', 'what customers paid for is read by programs alone');
select * from finish();
rollback;
