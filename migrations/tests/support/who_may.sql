-- Who may do what: one line for each action, function, table and view, with the roles for which trying it
-- was not refused for want of rights. Nothing is asked of the grants.
\set QUIET on
begin;
set local search_path = public, extensions, tap;
set local client_min_messages = error;
do 'begin perform tap.hire(); perform tap.a_service(); end';
create role tap_collector login;
grant console_collector to tap_collector;
create temporary table who (login name, place int);
insert into who values
('tap_support', 1), ('tap_finance', 2), ('tap_admin', 3), ('tap_auditor', 4), ('tap_receiver', 5), ('tap_collector', 6),
('tap_stranger', 7), ('anon', 8), ('authenticated', 9), ('service_role', 10);

-- As this role; the code of the refusal, or "done".
create function pg_temp.tried(who name, statement text) returns text language plpgsql as $$
begin
  if who like 'tap\_%' then
    execute format('set local session authorization %I', who);
  else
    perform set_config('role', who, true);
  end if;
  execute statement;
  raise exception using errcode = 'HD000';
exception
  when sqlstate 'HD000' then return 'done';
  when others then return sqlstate;
end
$$;

create temporary table tries as
-- Actions, dry, on somebody they could be done to.
select 'action ' || a.name as what, 'act' as verb, format('select console.%I(%L, %L, null, true)', a.name,
  case
    when a.name in ('restore_user') then 'o|eve' when a.name in ('reactivate_account', 'remove_member', 'clear_admin') then 'm|cid'
    when a.kind = 'cluster' then '00000000-0000-4000-8000-0000000000c2' when a.kind = 'invite' then '00000000-0000-4000-8000-0000000000e1'
    else 'o|ann'
  end, '{"kind": "user"}') as statement
from console.actions as a
union all
-- Every other function of ours, with nothing for arguments.
select 'function ' || p.proname, 'execute', format('select console.%I(%s)', p.proname, (
  select string_agg('null::' || format_type(t, null), ', ' order by n) from unnest(p.proargtypes) with ordinality as u (t, n)
))
from pg_proc as p
where p.pronamespace = 'console'::regnamespace and p.prorettype <> 'trigger'::regtype
  and not exists (select from console.actions as a where a.name = p.proname)
union all
-- Not the id, if there is another column: a view does not tell that it is an identity column underneath, and
-- Postgres refuses to write one before it looks at rights.
select 'relation console.' || c.relname, v.verb, format(v.statement, c.relname, first.attname)
from pg_class as c
cross join lateral (select quote_ident(a.attname) as attname from pg_attribute as a where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attidentity = '' and a.attgenerated = '' order by a.attname = 'id', a.attnum limit 1) as first
cross join (values
  ('select', 'select %2$s from console.%1$I limit 1'), ('insert', 'insert into console.%1$I default values'),
  ('update', 'update console.%1$I set %2$s = %2$s'), ('delete', 'delete from console.%1$I'), ('truncate', 'truncate console.%1$I')
) as v (verb, statement)
where c.relnamespace = 'console'::regnamespace and c.relkind in ('r', 'v')
union all
select 'column console.' || h.view_name || '.' || h.column_name, 'select', format('select %I from console.%I limit 1', h.column_name, h.view_name)
from (select distinct view_name, column_name from console.hidden_columns) as h
union all
-- The service's own tables are none of our roles' business.
select 'relation public.' || c.relname, v.verb, format(v.statement, c.relname, first.attname)
from pg_class as c
cross join lateral (select quote_ident(a.attname) as attname from pg_attribute as a where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attidentity = '' and a.attgenerated = '' order by a.attnum limit 1) as first
cross join (values
  ('select', 'select %2$s from public.%1$I limit 1'), ('insert', 'insert into public.%1$I default values'),
  ('update', 'update public.%1$I set %2$s = %2$s'), ('delete', 'delete from public.%1$I'), ('truncate', 'truncate public.%1$I')
) as v (verb, statement)
where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'v') and c.relname <> 'only_in_tests';

-- 55000, 42809, 0A000: no view of ours can be written or emptied by anybody.
select format('%s: %s: %s', t.what, t.verb, coalesce(string_agg(replace(w.login, 'tap_', ''), ' ' order by w.place)
  filter (where pg_temp.tried(w.login, t.statement) not in ('42501', 'HD003', '55000', '42809', '0A000')), 'nobody'))
from tries as t cross join who as w
group by t.what, t.verb
order by t.what collate "C", t.verb collate "C";
rollback;
