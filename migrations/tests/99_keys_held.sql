-- Whose keys a program holds, and what becomes of secrets that were replaced long ago.
begin;
set local search_path = public, extensions, tap;
select * from no_plan();
select tap.hire();
select tap.a_service();

create function pg_temp.reports(keys text[]) returns text language sql as $$
  select tap.told('tap_receiver', format('select concat_ws('' '', recipients, held, unopened) from console.report_keys(%L)', keys))
$$;
insert into console.recipients (public_key, name) values ('age1' || repeat('a', 58), 'collector'), ('age1' || repeat('b', 58), 'ann');
insert into console.cluster_secrets (cluster_id, kind, sealed, recipients, salt, digest) values
('00000000-0000-4000-8000-0000000000c1', 'api_key', repeat('x', 100)::bytea, array['age1' || repeat('a', 58)], repeat('s', 32)::bytea, repeat('d', 32)::bytea),
('gone', 'api_key', repeat('x', 100)::bytea, array['age1' || repeat('b', 58)], repeat('s', 32)::bytea, repeat('d', 32)::bytea);

select is(pg_temp.reports('{}'), '2 0 1', 'who holds none opens nothing; clusters that are gone do not count');
select is(pg_temp.reports(null), '2 0 1', 'nor who says nothing');
select is((select count(*)::int from console.keys_held), 0, 'and is no holder');
select is(pg_temp.reports(array['age1' || repeat('a', 58), 'age1' || repeat('z', 58)]), '2 1 0', 'who holds the right one opens it');
select is((select array_agg(public_key || ' ' || login) from console.keys_held), array['age1' || repeat('a', 58) || ' tap_receiver'], 'which is kept, and nobody else''s');
select is(pg_temp.reports(array['age1' || repeat('b', 58)]), '2 1 1', 'a recipient that the copy leaves out does not');
select is(tap.told('tap_admin', 'select held from console.report_keys(''{}'')'), '[42501]', 'staff report none');

-- Seven that were replaced: five months ago to a day ago, and one eight months ago.
insert into console.former_secrets (cluster_id, kind, sealed, recipients, salt, digest, is_of_staff, sealed_by, sealed_at, replaced_at)
select '00000000-0000-4000-8000-0000000000c1', 'api_key', repeat('x', 100)::bytea, array['age1' || repeat('a', 58)],
  repeat('s', 32)::bytea, repeat('d', 32)::bytea, false, 'x', now() - a.ago - interval '1 day', now() - a.ago
from unnest(array['1 day', '40 days', '80 days', '100 days', '120 days', '150 days', '240 days']::interval[]) as a (ago);
-- Days of any length: where the clocks were put forward or back meanwhile, one had 23 hours or 25.
create function pg_temp.left_ones() returns text language sql as $$
  select string_agg(round(extract(epoch from now() - replaced_at) / 86400)::text, ' ' order by replaced_at desc) from console.former_secrets
$$;
create function pg_temp.forgets(keep integer, days integer) returns text language sql as $$
  select tap.told('tap_receiver', format('select console.forget_old_secrets(%s, now() - make_interval(days => %s))', keep, days))
$$;
select is(pg_temp.forgets(2, 180), '[HD005]', 'three are kept at least');
select is(pg_temp.forgets(5, 10), '[HD005]', 'for thirty days at least');
select is(pg_temp.forgets(10, 180), '1', 'what is too old goes');
select is(pg_temp.left_ones(), '1 40 80 100 120 150', 'the others stay');
select is(pg_temp.forgets(5, 180), '1', 'and what there are too many of');
select is(pg_temp.left_ones(), '1 40 80 100 120', 'the oldest of them');
select is(pg_temp.forgets(5, 180), '0', 'once');
select is(
  (select string_agg(a.chain || ' ' || (d.data ->> 'forgotten') || ' ' || (d.data #>> '{which,0,kind}'), ', ' order by a.id) from console.audit as a
   join console.audit_data as d on d.audit_id = a.id where a.action = 'forget_secrets'),
  'system 1 api_key, system 1 api_key', 'the trail says which, and never what they were');
update console.former_secrets set replaced_at = replaced_at + case
  when replaced_at > now() - interval '2 days' then interval '0' when replaced_at < now() - interval '110 days' then interval '0'
  when replaced_at > now() - interval '50 days' then interval '20 days' when replaced_at > now() - interval '90 days' then interval '59 days'
  else interval '78 days' end;
select is(pg_temp.left_ones(), '1 20 21 22 120', 'where most are young');
select is(pg_temp.forgets(3, 90), '1', 'whatever is younger than thirty days');
select is(pg_temp.left_ones(), '1 20 21 22', 'stays');

select * from finish();
rollback;
