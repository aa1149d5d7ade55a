-- Ten thousand random tries to read or change what belongs to somebody else: customers with each other's
-- rows, staff with tables they have no business in. The seed is fixed, so a failure comes again.
begin;
set local search_path = public, extensions, tap;
select * from no_plan();
select tap.hire();
select tap.two_teams();
select setseed(0.42);

create temporary table targets as
-- Rows of the service by the column that says whose they are.
select 'public' as schema_name, c.relname, a.attname
from pg_class as c
join pg_attribute as a on a.attrelid = c.oid and not a.attisdropped
where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'v')
  and (a.attname in ('user_id', 'account_owner_id', 'member_id', 'owner_id') or (c.relname = 'users' and a.attname = 'id'))
union all
-- What is ours, by any column.
select 'console', c.relname, (select a.attname from pg_attribute as a where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attidentity = '' limit 1)
from pg_class as c where c.relnamespace = 'console'::regnamespace and c.relkind in ('r', 'v');

create temporary table readers (name text, sub text, other text);
insert into readers values
('authenticated', 'auth0|amy', 'auth0|bob'), ('authenticated', 'auth0|ana', 'auth0|ben'), ('authenticated', 'auth0|bob', 'auth0|amy'), ('authenticated', 'auth0|ben', 'auth0|ana'),
('authenticated', null, 'auth0|ana'), ('anon', 'auth0|ana', 'auth0|ana'),
('tap_support', null, 'auth0|ana'), ('tap_finance', null, 'auth0|bob'), ('tap_admin', null, 'auth0|amy'), ('tap_auditor', null, 'auth0|ben'), ('tap_receiver', null, 'auth0|ana'), ('tap_stranger', null, 'auth0|bob');

create function pg_temp.tries(how_many integer) returns table (what text, outcome text, times bigint) language plpgsql as $$
declare
  r record;
  t record;
  verb text;
  said text;
  sentence text;
begin
  create temporary table tried (what text, outcome text) on commit drop;
  for i in 1..how_many loop
    select * into r from readers order by random() limit 1;
    select * into t from targets order by random() limit 1;
    verb := (array['select', 'select', 'update', 'delete', 'insert'])[1 + floor(random() * 5)::int];
    sentence := case
      when verb = 'insert' and t.schema_name = 'console' then format('insert into console.%I default values returning ''inserted''', t.relname)
      when verb = 'select' then format('select count(*)::text from %I.%I where %I::text = %L', t.schema_name, t.relname, t.attname, r.other)
      when verb = 'update' then format('with x as (update %I.%I set %I = %I where %I::text = %L returning 1) select count(*)::text from x', t.schema_name, t.relname, t.attname, t.attname, t.attname, r.other)
      when verb = 'delete' then format('with x as (delete from %I.%I where %I::text = %L returning 1) select count(*)::text from x', t.schema_name, t.relname, t.attname, r.other)
      else format('insert into %I.%I (%I) select %L returning ''inserted''', t.schema_name, t.relname, t.attname, r.other)
    end;
    said := case when r.name like 'tap\_%' then tap.told(r.name, sentence) else tap.seen(r.name, r.sub, sentence) end;
    -- Refused, not a thing that can be written at all, or nothing found: as it should be. Staff do read what is ours.
    if said not in ('[42501]', '[0A000]', '[55000]', '[428C9]', '0')
      and not (r.name like 'tap\_%' and t.schema_name = 'console' and verb = 'select')
    then
      insert into tried values (concat_ws(' ', r.name, r.sub, verb, t.schema_name || '.' || t.relname || '.' || t.attname), said);
    end if;
  end loop;
  return query select d.what, d.outcome, count(*) from tried as d group by d.what, d.outcome;
end
$$;

select is_empty($$ select * from pg_temp.tries(10000) $$, 'of ten thousand tries none succeeds');
select is((select count(*)::int from public.users where email ~ '@[ab]\.example$'), 4, 'and everybody is still there');
select * from finish();
rollback;
