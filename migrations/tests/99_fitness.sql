-- What is stored and cannot be applied: an alert after minutes, over with its cause, and never from long ago.
begin;
set local search_path = public, extensions, tap;
select * from no_plan();
select tap.hire();

create temporary table noon as select timestamptz '2026-03-18 12:00:00+00' as at;
create function pg_temp.notes(after interval, problem text) returns text language sql as $$
  select tap.told('tap_receiver', format('select console.note_fitness(%L, %L)', (select at from noon) + after, problem))
$$;
create function pg_temp.wrong(after interval) returns text language sql as $$
  select string_agg(c.subject || ' ' || c.severity || ' ' || (c.since - n.at) || ' ' || (c.facts ->> 'problem'), ', ')
  from noon as n, console.alert_conditions(n.at + after) as c where c.kind = 'cannot_apply'
$$;

select is(pg_temp.wrong('0'), null, 'where nobody looked nothing is known');
select is(pg_temp.notes('0', null), '', 'all is well');
select is(pg_temp.wrong('9 minutes'), null, 'and no alert');
select is(pg_temp.notes('1 minute', 'It was released.'), '', 'something is wrong');
select is(pg_temp.notes('4 minutes', 'It is out of date.'), '', 'and then something else');
select is(pg_temp.wrong('5 minutes'), null, 'minutes are no alert');
select is(pg_temp.wrong('6 minutes 1 second'), 'service bad 00:01:00 It is out of date.', 'more are one, with what is wrong now and since when it has been');
select is(pg_temp.wrong('15 minutes'), null, 'what nobody has looked at since is not known');
select is(pg_temp.notes('16 minutes', 'It is out of date.'), '', 'somebody looks again');
select is(pg_temp.wrong('16 minutes'), 'service bad 00:01:00 It is out of date.', 'it is as it was');
select is(pg_temp.notes('17 minutes', null), '', 'it is mended');
select is(pg_temp.wrong('17 minutes'), null, 'and over');
select is(pg_temp.notes('18 minutes', repeat('x', 3000)), '', 'a long sentence');
select is((select length(problem) from console.fitness), 1000, 'is cut');

select is(tap.told(login, 'select console.note_fitness(now(), null)'), '[42501]', login || ' notes nothing')
from unnest(array['tap_support', 'tap_finance', 'tap_admin', 'tap_auditor', 'tap_stranger']) as login;
select is(tap.told('tap_receiver', statement), '[HD005]', statement || ' is refused')
from unnest(array['select console.note_fitness(null, null)', 'select console.note_fitness(''infinity'', null)']) as statement;
select is(tap.told('tap_receiver', 'insert into console.fitness (looked_at) values (now())'), '[42501]', 'by the function alone');
select * from finish();
rollback;
