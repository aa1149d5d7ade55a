-- Alerts: one for each thing that is wrong while it lasts, told once and taken back; what is usual is learnt, not guessed;
-- who may see, who may acknowledge.
begin;
set local search_path = public, extensions, tap;
select * from no_plan();
select tap.hire();
select tap.a_service();
delete from console.rollup_state;

-- A Wednesday, at noon.
create temporary table noon as select timestamptz '2026-03-18 12:00:00+00' as at;
create function pg_temp.came(provider text, at timestamptz, origin text default 'sent', state text default 'done') returns void language sql as $$
  insert into console.inbox (provider, event_id, received_at, next_attempt_at, body, state, done_at, origin)
  values (provider, gen_random_uuid()::text, at, at, '', state, case state when 'done' then at end, origin)
$$;
-- Counts whatever came, and looks.
create function pg_temp.look(after interval, channels text[] default '{}', watched text[] default '{auth0,stripe,read_back:auth0_users,read_back:stripe_events}', counts boolean default true) returns text language plpgsql as $$
begin
  while counts and console.note_arrivals((select at from noon) + after) loop null; end loop;
  return coalesce(tap.told('tap_receiver', format(
    'select concat_ws('' '', r ->> ''opened'', r ->> ''resolved'') from console.evaluate_alerts(%L, %L, %L) as r', (select at from noon) + after, channels, watched)), '');
end
$$;
create function pg_temp.open() returns text language sql as $$
  select coalesce(string_agg(kind || ' ' || subject, ', ' order by kind, subject), '') from console.alerts where resolved_at is null
$$;
create function pg_temp.silence(after interval) returns text language sql as $$
  select tap.told('tap_support', format('select string_agg(provider || '' '' || state, '', '' order by provider) from console.silence(%L)', (select at from noon) + after))
$$;

select is(pg_temp.look('0'), '0 0', 'where nothing is wrong there is no alert');
select is(pg_temp.look('4 seconds'), '', 'nobody looks twice within moments');
select is(pg_temp.silence('0'), 'auth0 never, stripe never', 'whoever never sent anything is not missed');
select is(pg_temp.look('10 days'), '0 0', 'however long that lasts');
select is((select watching_since from console.alert_rounds), (select at + interval '10 days' from noon), 'after a gap they begin to look anew');
update console.alert_rounds set due_at = '-infinity', evaluated_at = null;
delete from console.heard;

-- Stripe: five weeks of an event every half hour from six to twenty on weekdays, none at night and on weekends.
select pg_temp.came('stripe', s.at) from noon, generate_series(noon.at - interval '34 days 5 hours 55 minutes', noon.at - interval '10 minutes', interval '30 minutes') as s (at)
where extract(hour from s.at at time zone 'UTC') between 6 and 19 and extract(isodow from s.at at time zone 'UTC') < 6;
-- Auth0: ten days of them, which is no history yet.
select pg_temp.came('auth0', s.at) from noon, generate_series(noon.at - interval '10 days', noon.at - interval '9 days', interval '1 hour') as s (at);
select is(pg_temp.look('0', counts => false), '0 0', 'what is usual is no alert');
select is((select max(counted_until) - min(counted_until) from console.heard), '0'::interval, 'both are counted');
select is((select at - counted_until from noon, console.heard where provider = 'stripe'), '34 days'::interval, 'a look counts a day, however much there is');
select is(pg_temp.silence('0'), 'auth0 never, stripe learning', 'nothing is judged meanwhile');
do $$ begin while console.note_arrivals((select at from noon)) loop null; end loop; end $$;
select is(pg_temp.silence('0'), 'auth0 learning, stripe usual', 'ten days are no history');
select is((select usual from console.silence((select at from noon)) where provider = 'stripe'), '2 hours'::interval, 'on a weekday at noon two hours are long');
select is((select usual from console.silence((select at from noon) + interval '12 hours') where provider = 'stripe'), null, 'what was not counted until now is not judged');
select is((select count(*)::int from console.heard_hours where provider = 'stripe' and hour < (select at from noon) - interval '35 days 1 hour'), 0, 'five weeks are kept');
select is((select sum(events)::int from console.heard_hours where provider = 'stripe'), (select count(*)::int from console.inbox where provider = 'stripe'), 'each is counted once');
select is((select max(quiet) from console.heard_hours where provider = 'stripe' and hour between '2026-03-11 10:00+00' and '2026-03-11 13:00+00'), '30 minutes'::interval, 'silence of an ordinary hour');
select is((select quiet from console.heard_hours where provider = 'stripe' and hour = '2026-03-09 05:00+00'), '2 days 10 hours 25 minutes'::interval, 'silence of a weekend, as it was on Monday morning');
select is((select quiet from console.heard_hours where provider = 'stripe' and hour = '2026-03-09 06:00+00'), '2 days 10 hours 30 minutes'::interval, 'and when it ended');
select is((select quiet from console.heard_hours where provider = 'stripe' and hour = '2026-03-09 08:00+00'), '30 minutes'::interval, 'an hour later all is well');

select is(pg_temp.look('90 minutes'), '0 0', 'an hour and a half without an event');
select is(pg_temp.look('115 minutes'), '1 0', 'more than two');
select is(pg_temp.open(), 'provider_quiet stripe', 'Stripe has gone quiet');
select is((select since from console.alerts where resolved_at is null), (select max(received_at) from console.inbox where provider = 'stripe'), 'since it was heard of last');
select is((select facts ->> 'usual_seconds' from console.alerts where resolved_at is null), '7200', 'and how long would be usual');
select is(pg_temp.look('2 hours'), '0 0', 'it is one alert while it lasts');
select is(pg_temp.look('9 hours'), '0 0', 'also in hours in which silence is usual');
select is(pg_temp.silence('9 hours'), 'auth0 learning, stripe quiet', 'it is still missed');
select pg_temp.came('stripe', at + interval '9 hours 1 minute') from noon;
select is(pg_temp.look('9 hours 5 minutes'), '0 1', 'until it is heard of');
select is((select count(*)::int from console.alerts where resolved_at is not null), 1, 'it is kept');

-- A week later, at the same hour: what the alert said is not learnt as usual.
select pg_temp.came('stripe', s.at) from noon, generate_series(noon.at + interval '10 hours', noon.at + interval '7 days 3 hours', interval '30 minutes') as s (at);
select is(pg_temp.look('7 days 3 hours 5 minutes'), '0 0', 'a week later');
select is((select usual from console.silence((select at + interval '7 days 3 hours 5 minutes' from noon)) where provider = 'stripe'), '2 hours'::interval, 'two hours are still long');

-- What waits for a person.
update console.alert_rounds set due_at = '-infinity';
select pg_temp.came('stripe', (select at from noon) + interval '7 days', 'sent', 'dead') from generate_series(1, 2);
select pg_temp.came('auth0', (select at from noon) + interval '7 days', 'sent', 'conflict');
select pg_temp.came('auth0', (select at from noon) + interval '7 days 3 hours', 'read_back');
select is(pg_temp.look('7 days 3 hours 6 minutes', '{webhook}'), '3 0', 'events that wait for a person, and one that never arrived');
select is(pg_temp.open(), 'events_conflict auth0, events_dead stripe, never_arrived auth0', 'one for each');
select is((select (facts ->> 'count') || ' ' || severity from console.alerts where kind = 'events_dead'), '2 bad', 'it counts');
update console.inbox set state = 'done', done_at = received_at where state in ('dead', 'conflict');
select is(pg_temp.look('7 days 3 hours 7 minutes', '{webhook}'), '0 2', 'seen to, they go');

-- What an endpoint is not subscribed to does not fail to arrive.
create function pg_temp.missed() returns text language sql as $$
  select coalesce(string_agg(c.subject || ' ' || (c.facts ->> 'count'), ', '), '')
  from noon, console.alert_conditions(at + interval '7 days 3 hours 7 minutes') as c where c.kind = 'never_arrived' and c.subject = 'stripe'
$$;
create function pg_temp.of_kind(kind text, origin text, at timestamptz) returns void language sql as $$
  insert into console.inbox (provider, event_id, received_at, next_attempt_at, body, state, done_at, origin, kind)
  values ('stripe', gen_random_uuid()::text, at, at, '', 'done', at, origin, kind)
$$;
savepoint before_kinds;
select pg_temp.of_kind(kind, 'read_back', at + interval '7 days 3 hours') from noon, unnest(array['product.created', 'plan.updated', null]) as kind;
select is(pg_temp.missed(), '', 'of types that never came nothing was expected');
select pg_temp.of_kind('invoice.paid', 'read_back', at + interval '7 days 3 hours') from noon;
select is(pg_temp.missed(), 'stripe 1', 'of those that are needed it was, also of the first');
select pg_temp.of_kind('plan.updated', 'sent', at + interval '7 days 3 hours 6 minutes 30 seconds') from noon;
do $$ begin while console.note_arrivals((select at + interval '7 days 3 hours 8 minutes' from noon)) loop null; end loop; end $$;
select is(pg_temp.missed(), 'stripe 2', 'and of those that have come by themselves');
rollback to before_kinds;

-- What is replayed waits since then, however old it is.
create function pg_temp.behind(after interval) returns text language sql as $$
  select coalesce(string_agg(c.kind || ' ' || c.subject || ' ' || (c.since - n.at - interval '7 days'), ', '), '')
  from noon as n, console.alert_conditions(n.at + interval '7 days' + after) as c where c.kind like '%_backlog'
$$;
savepoint before_replay;
select pg_temp.came('stripe', at + interval '1 day', 'sent', 'pending') from noon;
select is(pg_temp.behind('3 hours'), 'inbox_backlog stripe -6 days', 'an event that waits for days is a backlog');
update console.inbox set state = 'dead' where state = 'pending';
select tap.told('tap_admin', format('select console.replay_events(array[%s], null, null, null, null, ''once more'', false)', (select id from console.inbox where state = 'dead')));
select is((select count(*)::int from console.inbox where state = 'pending' and replayed_at is not null), 1, 'it is applied again');
update console.inbox set replayed_at = (select at + interval '7 days 3 hours' from noon) where state = 'pending';
select is(pg_temp.behind('3 hours 14 minutes'), '', 'and is no backlog for being old');
select is(pg_temp.behind('3 hours 16 minutes'), 'inbox_backlog stripe 03:00:00', 'but for waiting since');
select is(
  (select oldest_seconds from console.queue_figures((select at + interval '7 days 3 hours 16 minutes' from noon)) where queue = 'inbox' and state = 'pending'),
  960::bigint, 'operators are told the same'
);
rollback to before_replay;
select pg_temp.came('stripe', at + interval '8 days 2 hours') from noon;
select is(pg_temp.look('8 days 3 hours 1 minute', '{webhook}'), '0 1', 'a day later the one that never arrived is forgotten');

-- Telling: once, in order, by one.
create temporary table claimed (id bigint, lease uuid, tells text, kind text);
grant all on claimed to public;
create function pg_temp.claims(after interval, most integer default 100, channels text[] default '{webhook,email:0123456789ab}') returns text language plpgsql as $$
begin
  delete from claimed;
  return coalesce(tap.told('tap_receiver', format(
    'with c as (insert into pg_temp.claimed select id, lease, tells, kind from console.claim_alert_deliveries(%s, %L, %L) returning *) select string_agg(tells || '' '' || kind, '', '' order by kind) from c',
    most, (select at from noon) + after, channels)), '');
end
$$;
create function pg_temp.ends(more text) returns text language sql as $$
  select string_agg(tap.told('tap_receiver', format('select console.end_alert_delivery(%s, %L, %L, %s)', c.id, c.lease, (select at from noon) + interval '8 days 4 hours', more)), ' ' order by c.id) from claimed as c
$$;
select is(pg_temp.claims('8 days 4 hours', 100, '{email:0123456789ab}'), '', 'a channel that was not there then is told nothing of what is over');
select is(pg_temp.claims('8 days 4 hours', 2), 'opened events_conflict, opened events_dead', 'that they are there comes first');
select is(pg_temp.ends('''it fails'', ' || quote_literal((select at + interval '8 days 5 hours' from noon))), 'true true', 'a channel that fails is tried again');
select is(pg_temp.claims('8 days 4 hours'), 'opened never_arrived', 'what others hold is passed over');
select is(pg_temp.claims('8 days 4 hours 1 minute'), '', 'while they hold it');
select is(pg_temp.claims('8 days 4 hours 3 minutes'), '', 'by the clock of the database');
update console.alert_deliveries set leased_until = clock_timestamp() where lease is not null;
select is(pg_temp.claims('8 days 4 hours 3 minutes'), 'opened never_arrived', 'whoever died gives it back');
select is(pg_temp.ends('null, null'), 'true', 'told');
select is(pg_temp.ends('null, null'), 'false', 'once');
select is(pg_temp.claims('8 days 4 hours 3 minutes'), 'resolved never_arrived', 'then that it is over');
select is(pg_temp.ends('''refused'', null'), 'true', 'given up');
select is(pg_temp.claims('8 days 5 hours'), 'opened events_conflict, opened events_dead', 'the others once more, when it is time');
select is(pg_temp.ends('null, null'), 'true true', 'told');
select is(pg_temp.claims('8 days 5 hours'), 'resolved events_conflict, resolved events_dead', 'and that they are over');
select is(pg_temp.ends('null, null'), 'true true', 'told');
select is((select string_agg(distinct state || ' ' || (done_at is not null), ', ') from console.alert_deliveries), 'dead false, done true', 'nothing is left');
select pg_temp.came('stripe', at + interval '8 days 4 hours') from noon;
select is(pg_temp.look('8 days 5 hours', '{webhook,email:0123456789ab}'), '1 0', 'that a message was given up is an alert');
select is((select facts ->> 'error' from console.alerts where kind = 'delivery_failing'), 'refused', 'which says why');
select is((select subject from console.alerts where kind = 'delivery_failing'), 'webhook', 'and where');
select is((select string_agg(channel, ',') from console.alert_deliveries as d join console.alerts as a on a.id = d.alert_id where a.kind = 'delivery_failing'), 'email:0123456789ab', 'on the channel that works');
select pg_temp.came('stripe', at + interval '10 days 4 hours') from noon;
select is(pg_temp.look('10 days 5 hours', '{webhook,email:0123456789ab}'), '0 1', 'for two days');

-- Queues, reading back, schedules, the trail.
delete from console.alerts;
update console.outbox set state = 'cancelled';
select tap.told('tap_support', 'select console.act(''suspend_account'', ''o|ann'', ''{}'', null, false, ''for a test'')');
update console.outbox set created_at = (select at + interval '11 days' from noon) where state = 'pending';
select pg_temp.came('stripe', at + interval '11 days', 'sent', 'pending') from noon;
select is(pg_temp.look('11 days 14 minutes'), '0 0', 'a quarter of an hour is no backlog');
select is(pg_temp.look('11 days 16 minutes'), '2 0', 'more is one');
select is(pg_temp.open(), 'inbox_backlog stripe, outbox_backlog hopsworks', 'on both ways');
update console.inbox set received_at = (select at + interval '11 days 10 minutes' from noon) where state = 'pending';
update console.outbox set state = 'dead' where state = 'pending';
select is(pg_temp.look('11 days 17 minutes'), '1 1', 'it goes when what is left is young');
select is(pg_temp.open(), 'effects_dead hopsworks, inbox_backlog stripe', 'and not before');
update console.inbox set state = 'done', done_at = received_at where state = 'pending';
update console.outbox set state = 'cancelled' where state = 'dead';
select is(pg_temp.look('11 days 18 minutes'), '0 2', 'it goes');

insert into console.read_backs (source, next_at, covered_until, ran_at, last_error, failing_since)
select 'stripe_events', at + interval '12 days', at + interval '11 days', at + interval '11 days 20 minutes', 'Stripe does not answer.', at + interval '11 days 20 minutes' from noon;
insert into console.read_backs (source, next_at, covered_until, behind_since) select 'auth0_users', at + interval '11 days 10 hours', at + interval '11 days 6 hours', at + interval '11 days 8 hours' from noon;
insert into console.rollup_state (rollup, refreshed_at, checked_at, refresh_ms) select 'usage', at + interval '11 days 8 hours', at + interval '9 days', 40 from noon;
select tap.told('tap_receiver', format('select console.note_trail(''system'', %L, 7, ''Entry 12 was changed.'')', at + interval '11 days 10 hours')) from noon;
select tap.told('tap_receiver', format('select console.note_trail(''staff'', %L, 7, null)', at + interval '10 days')) from noon;
select is(pg_temp.look('11 days 10 hours'), '2 0', 'whoever begins to look gives the schedules time');
select is(pg_temp.open(), 'read_back_failing stripe_events, trail_broken system', 'what is known to be wrong is wrong at once');
select is((select (facts ->> 'seq') || ' ' || (facts ->> 'problem') from console.alerts where kind = 'trail_broken' and resolved_at is null), '7 Entry 12 was changed.', 'the trail says what');
select pg_temp.look(m * interval '4 minutes' + interval '11 days 10 hours') from generate_series(1, 3) as m;
select is(pg_temp.open(), 'read_back_behind auth0_users, read_back_failing stripe_events, schedule_stopped rollups, schedule_stopped rollups_check, schedule_stopped trail:staff, trail_broken system', 'then what stands still is found');
update console.read_backs set next_at = (select at + interval '11 days 10 hours' from noon) - interval '1 hour' where source = 'auth0_users';
select is(pg_temp.look('11 days 10 hours 16 minutes'), '1 1', 'that nobody reads back at all is another thing');
select is((select count(*)::int from console.alerts where kind = 'schedule_stopped' and subject = 'read_back:auth0_users' and resolved_at is null), 1, 'and says so');
update console.read_backs set next_at = (select at + interval '12 days' from noon), covered_until = (select at + interval '11 days 10 hours' from noon), last_error = null, failing_since = null, behind_since = null;
update console.rollup_state set refreshed_at = (select at + interval '11 days 10 hours' from noon), checked_at = (select at + interval '11 days 2 hours' from noon);
select tap.told('tap_receiver', format('select console.note_trail(%L, %L, 8, null)', chain, at + interval '11 days 10 hours')) from noon, unnest(array['staff', 'system']) as chain;
select is(pg_temp.look('11 days 10 hours 18 minutes'), '0 5', 'all of it goes by itself');
select is(pg_temp.open(), 'trail_broken system', 'but the alarm: who verifies without a memory calls a trail whole whose end was cut off');
select ok(
  tap.told('tap_support', format('select console.acknowledge_alert(%s, ''looked into, ticket 4711'')', id)) !~ '^\[', 'a person sees to it'
) from console.alerts where kind = 'trail_broken' and resolved_at is null;
select tap.told('tap_receiver', format('select console.note_trail(''system'', %L, 8, null)', at + interval '11 days 10 hours 19 minutes')) from noon;
select is(pg_temp.look('11 days 10 hours 20 minutes'), '0 1', 'and it is over once it is whole again');
select is(pg_temp.open(), '', 'and nothing is left');

-- Reading back that does not keep up: somebody is at it, hour by hour, and stays behind.
delete from console.read_backs;
delete from console.rollup_state;
update console.trail_checks set checked_at = (select at + interval '12 days' from noon);
select pg_temp.came('stripe', at + interval '12 days') from noon;
create temporary table turn as select lease, at + interval '12 days' as at from noon, console.begin_read_back('stripe_events', (select at + interval '12 days' from noon));
create function pg_temp.goes_on(after interval, behind interval, next_at timestamptz default null) returns boolean language sql as $$
  select console.note_read_back('stripe_events', lease, at + after, '{}', at + after - behind, 0, null, next_at) from turn
$$;
select pg_temp.goes_on(m * interval '1 minute', interval '9 hours') from generate_series(1, 50) as m;
select pg_temp.look('12 days' + m * interval '4 minutes') from generate_series(1, 12) as m;
select is(pg_temp.open(), '', 'the first time it has far to go: an hour is given');
select pg_temp.goes_on(m * interval '1 minute', interval '8 hours') from generate_series(51, 62) as m;
select is(pg_temp.look('12 days 51 minutes'), '0 0', 'still');
select pg_temp.look('12 days' + m * interval '1 minute') from unnest(array[55, 59]) as m;
select is(pg_temp.look('12 days 62 minutes'), '1 0', 'more is too long, though somebody is at it all the time');
select is(pg_temp.open(), 'read_back_behind stripe_events', 'it does not keep up');
select is((select since from console.alerts where kind = 'read_back_behind' and resolved_at is null), (select at from turn), 'since it began to be behind');
select pg_temp.goes_on(interval '63 minutes', interval '8 hours', (select at + interval '73 minutes' from turn));
select is(pg_temp.look('12 days 64 minutes'), '0 0', 'also between two turns');
select pg_temp.look('12 days' + m * interval '1 minute') from unnest(array[68, 72]) as m;
delete from turn;
insert into turn select lease, at + interval '12 days' from console.begin_read_back('stripe_events', (select at + interval '12 days 73 minutes' from noon)), noon;
select pg_temp.goes_on(interval '74 minutes', interval '90 minutes');
select is(pg_temp.look('12 days 75 minutes'), '0 1', 'until it has come near');
select is((select behind_since from console.read_backs where source = 'stripe_events'), null, 'and keeps up');

-- What was taken away is missed by nobody, a quarter of an hour later; and is missed again when it is there again.
update console.read_backs set next_at = (select at + interval '12 days 30 minutes' from noon), lease = null, leased_until = null where source = 'stripe_events';
select is(pg_temp.look('12 days 76 minutes'), '1 0', 'nobody reads Stripe back');
select is(pg_temp.look('12 days 80 minutes', '{}', '{auth0,stripe}'), '0 0', 'a program without its key may be one of several');
select is(pg_temp.look('12 days 84 minutes', '{}', '{read_back:stripe_events}'), '0 0', 'as it is');
select is(string_agg(pg_temp.look('12 days' + m * interval '1 minute', '{}', '{auth0,stripe}'), ', ' order by m), '0 0, 0 0, 0 0', 'for a while') from unnest(array[88, 92, 96]) as m;
select is(pg_temp.look('12 days 100 minutes', '{}', null), '0 1', 'and nothing is missed');
select is(pg_temp.look('12 days 101 minutes'), '1 0', 'with the key it is missed at once');
delete from console.read_backs where source = 'stripe_events';
select is(pg_temp.look('12 days 102 minutes'), '0 1', 'until it is there');

-- Around midnight the hours beside are those of another day: a provider that is quiet all Saturday, and busy on Sunday and Friday.
create function pg_temp.usual_at(moment timestamptz) returns interval language sql as $$
  select usual from console.silence(moment) where provider = 'stripe'
$$;
delete from console.heard_hours;
delete from console.alerts;
insert into console.heard_hours (provider, hour, events, quiet)
select 'stripe', h.hour, 5, case when extract(dow from h.hour at time zone 'UTC') = 6 then interval '8 hours' else interval '20 minutes' end
from generate_series(timestamptz '2026-05-01 00:00+00', timestamptz '2026-06-04 00:00+00', interval '1 hour') as h (hour);
update console.heard set counted_until = '2026-06-08 00:00+00', last_at = '2026-06-07 23:59+00';
select is(pg_temp.usual_at('2026-06-06 00:30+00'), '12 hours'::interval, 'early on Saturday: its own hours');
select is(pg_temp.usual_at('2026-06-05 23:30+00'), '12 hours'::interval, 'late on Friday: Saturday begins');
select is(pg_temp.usual_at('2026-06-05 00:30+00'), '2 hours'::interval, 'early on Friday: Thursday ended, and Friday ends not beside it');
select is(pg_temp.usual_at('2026-06-07 23:30+00'), '2 hours'::interval, 'late on Sunday: Monday begins');
delete from console.heard_hours;
update console.heard set counted_until = (select at + interval '13 days' from noon), last_at = null;

-- A run of reading back that fails is remembered from its first failure.
create function pg_temp.reads(after interval, failure text) returns text language sql as $$
  select tap.told('tap_receiver', format('select console.note_read_back(''auth0_users'', lease, %L, null, null, 0, %L, %1$L) from console.begin_read_back(''auth0_users'', %1$L)', (select at from noon) + after, failure))
$$;
select is(pg_temp.reads('13 days', 'down'), 'true', 'it fails');
select is(pg_temp.reads('13 days 1 hour', 'down'), 'true', 'again');
select is((select failing_since from console.read_backs where source = 'auth0_users'), (select at + interval '13 days' from noon), 'since the first time');
select is(pg_temp.reads('13 days 2 hours', null), 'true', 'it works');
select is((select failing_since from console.read_backs where source = 'auth0_users'), null, 'and is well');

-- Who may what.
select pg_temp.came('stripe', at + interval '13 days', 'sent', 'dead') from noon;
select pg_temp.look('13 days 3 hours');
create temporary table one as select id from console.alerts where kind = 'events_dead' and resolved_at is null;
grant select on one to public;
select is(tap.told(login, 'select count(*) from console.alerts as a join one on one.id = a.id'), '1', login || ' sees alerts') from unnest(array['tap_support', 'tap_finance', 'tap_admin', 'tap_auditor', 'tap_receiver']) as login;
select is(tap.told('tap_stranger', 'select count(*) from console.alerts'), '[42501]', 'strangers do not');
select is(tap.told(login, statement), '[42501]', login || ' may not: ' || statement)
from unnest(array['tap_support', 'tap_admin', 'tap_auditor', 'tap_stranger']) as login
cross join unnest(array[
  'select console.evaluate_alerts(now(), ''{}'', ''{}'')', 'select console.note_trail(''staff'', now(), 1, ''broken'')',
  'select * from console.claim_alert_deliveries(1, now(), ''{email:0123456789ab}'')', 'select console.end_alert_delivery(1, null, now(), null, null)',
  'select console.note_arrivals(now())', 'update console.alerts set resolved_at = now()'
]) as statement;
select is(tap.told('tap_receiver', statement), '[HD005]', statement || ' is refused')
from unnest(array[
  'select console.evaluate_alerts(null, ''{}'', ''{}'')', 'select console.evaluate_alerts(''infinity'', ''{}'', ''{}'')', 'select console.evaluate_alerts(now(), ''{pigeon}'', ''{}'')',
  'select console.evaluate_alerts(now(), ''{email}'', ''{}'')', 'select console.evaluate_alerts(now(), ''{email:ops@service.example}'', ''{}'')', 'select console.evaluate_alerts(now(), ''{}'', ''{pigeon}'')',
  'select console.note_trail(''other'', now(), 1, null)', 'select console.note_trail(''staff'', null, 1, null)',
  'select * from console.claim_alert_deliveries(0, now(), ''{email:0123456789ab}'')', 'select * from console.claim_alert_deliveries(1, null, ''{email:0123456789ab}'')',
  'select console.end_alert_delivery(1, null, null, null, null)', 'select console.end_alert_delivery(1, null, now(), ''x'', ''infinity'')'
]) as statement;
select is(tap.told('tap_auditor', 'select console.acknowledge_alert(id, null) from one'), '[42501]', 'auditors acknowledge nothing');
select is(tap.told('tap_receiver', 'select console.acknowledge_alert(id, null) from one'), '[42501]', 'nor do programs');
select is(tap.told('tap_support', 'select console.acknowledge_alert(id, ''x'') from one'), '[HD005]', 'a note says something');
select is(tap.told('tap_support', 'select console.acknowledge_alert(-1, null)'), '[HD006]', 'what is not there is not acknowledged');
select tap.told('tap_support', 'select console.end_elevation()');
select is(tap.told('tap_support', 'select console.acknowledge_alert(id, ''I am on it'') from one'), '', 'staff acknowledge, read-only as they are');
select is(tap.told('tap_finance', 'select console.acknowledge_alert(id, null) from one'), '[HD007]', 'once');
select is(
  (select a.acknowledged_by || ' ' || e.action || ' ' || e.subject || ' ' || e.reason from console.alerts as a join one using (id) join console.audit_entries as e on e.id = a.audit_id),
  'tap_support acknowledge_alert events_dead:stripe I am on it', 'it is on record'
);
update console.inbox set state = 'done', done_at = received_at where state = 'dead';
select is(pg_temp.look('13 days 3 hours 1 minute'), '0 1', 'acknowledged or not, it goes by itself');
select is(tap.told('tap_finance', 'select console.acknowledge_alert(id, null) from one'), '[HD007]', 'what is over needs nobody');
select is(pg_temp.look('300 days'), '0 0', 'half a year later');
select is((select count(*)::int from console.alerts where resolved_at is not null), 0, 'what was long ago is gone');
select * from finish();
rollback;
