-- The groups. Roles belong to the whole cluster of databases, so they may be there already, made for
-- another database, and two databases may be attached at the same moment: losing that race is fine.
--
-- An owner without CREATEROLE gets the console for itself alone; attach says so. Everything below asks
-- which groups exist.

do $$
declare
  wanted text;
begin
  foreach wanted in array array[
    'console_support', 'console_finance', 'console_admin', 'console_auditor', 'console_receiver', 'console_collector'
  ] loop
    continue when exists (select from pg_catalog.pg_roles where rolname = wanted);
    begin
      execute format('create role %I nologin', wanted);
      execute format('comment on role %I is %L', wanted, 'Hopsdesk: a group of its staff or programs; cannot log in.');
    exception
      when duplicate_object or unique_violation or insufficient_privilege then null;
    end;
  end loop;
end
$$;

-- What a group may execute and read, as data: grants are made from it, tests try it, and whoever adds a
-- function says here who it is for.

create table console.functions (
  name text not null primary key,
  groups text[] not null,

  constraint functions_groups_check check (
    groups <@ array['support', 'finance', 'admin', 'auditor', 'receiver', 'collector']
  )
);

comment on table console.functions is 'Which groups may execute which function of ours; what is not listed is internal.';
comment on column console.functions.groups is 'Names of groups without the prefix console_.';

create table console.readable (
  relation text not null primary key,
  groups text[] not null
);

comment on table console.readable is 'Which groups may read which table or view of ours. Canonical views: see hidden_columns.';

create table console.hidden_columns (
  view_name text not null,
  column_name text not null,
  from_group text not null,
  why text not null,

  constraint hidden_columns_pkey primary key (view_name, column_name, from_group)
);

comment on table console.hidden_columns is 'Columns of canonical views that a group of staff does not see.';

insert into console.hidden_columns (view_name, column_name, from_group, why) values
('users', 'registration_ip', 'finance', 'An address says where somebody was; invoices do not need it.'),
('users', 'metadata', 'finance', 'Free-form notes of the service''s programs, which may hold addresses.'),
('health_check_failures', 'details', 'finance', 'Free-form findings, which may hold addresses.');

-- What the screens read of ours.
insert into console.readable (relation, groups)
select name, array['support', 'finance', 'admin', 'auditor', 'receiver', 'collector']
from unnest(array[
  'attachment', 'attached_columns', 'attached_functions', 'migrations_console', 'migrations_managed',
  'usage_recent', 'usage_by_user_month', 'usage_by_account_month', 'usage_by_cluster_day',
  'credit_standing', 'team_standing', 'cluster_seats', 'without_seat', 'service_figures', 'rollup_state',
  'functions'
]) as name;

insert into console.functions (name, groups) values
('refresh_rollups', '{support,finance,admin,auditor,collector}'),
('check_rollups_begin', '{support,finance,admin,auditor,collector}'),
('check_rollups_month', '{support,finance,admin,auditor,collector}'),
('check_rollups_end', '{support,finance,admin,auditor,collector}'),
('upsert_registered_user', '{receiver}');

-- Gives every group what the two tables say and takes away what they do not, also from whoever a default
-- grant let in. Run by attach after its views; safe to repeat.

create function console.renew_grants() returns void
language plpgsql
set search_path = ''
as $function$
declare
  v_group text;
  v_role text;
  v_outsiders text;
  v_everybody text;
  v_columns text;
  v_readers name[];
  v_policy name[];
  v_object record;
begin
  select pg_catalog.string_agg(pg_catalog.quote_ident(r.rolname), ', ' order by r.rolname) into v_outsiders
  from pg_catalog.pg_roles as r where r.rolname in ('anon', 'authenticated', 'service_role');
  v_outsiders := pg_catalog.concat_ws(', ', 'public', v_outsiders);
  select pg_catalog.string_agg(pg_catalog.quote_ident(r.rolname), ', ' order by r.rolname) into v_everybody
  from pg_catalog.pg_roles as r
  where r.rolname in (
    'console_support', 'console_finance', 'console_admin', 'console_auditor', 'console_receiver', 'console_collector'
  );
  v_everybody := pg_catalog.concat_ws(', ', v_outsiders, v_everybody);

  for v_object in
    select p.oid::pg_catalog.regprocedure::text as signature, f.groups
    from pg_catalog.pg_proc as p
    left join console.functions as f on f.name = p.proname
    where
      p.pronamespace = 'console'::pg_catalog.regnamespace
      and p.proowner = (select r.oid from pg_catalog.pg_roles as r where r.rolname = current_user)
  loop
    execute pg_catalog.format('revoke all on function %s from %s', v_object.signature, v_everybody);
    foreach v_group in array coalesce(v_object.groups, '{}') loop
      continue when pg_catalog.to_regrole('console_' || v_group) is null;
      execute pg_catalog.format('grant execute on function %s to %I', v_object.signature, 'console_' || v_group);
    end loop;
  end loop;

  for v_object in
    select c.relname, c.relkind, c.relrowsecurity, r.groups,
      exists (select from console.attached_columns as a where a.view_name = c.relname) as canonical
    from pg_catalog.pg_class as c
    left join console.readable as r on r.relation = c.relname
    where c.relnamespace = 'console'::pg_catalog.regnamespace and c.relkind in ('r', 'p', 'v')
  loop
    execute pg_catalog.format('revoke all on console.%I from %s', v_object.relname, v_everybody);
    continue when v_object.canonical and v_object.relkind = 'v';
    foreach v_group in array coalesce(v_object.groups, '{}') loop
      v_role := 'console_' || v_group;
      continue when pg_catalog.to_regrole(v_role) is null;
      execute pg_catalog.format('grant select on console.%I to %I', v_object.relname, v_role);
    end loop;
    -- The grant decides who; the policy only says that rows are not hidden from them. It is left alone
    -- where it is right, since making one waits for everybody who reads.
    if v_object.relrowsecurity then
      v_readers := array(
        select r.rolname from pg_catalog.unnest(v_object.groups) as g
        join pg_catalog.pg_roles as r on r.rolname = 'console_' || g order by r.rolname
      );
      v_policy := (
        select array(select n from pg_catalog.unnest(p.roles) as n order by n) from pg_catalog.pg_policies as p
        where p.schemaname = 'console' and p.tablename = v_object.relname and p.policyname = 'read_by_groups'
      );
      if v_policy is not null and v_policy <> v_readers then
        execute pg_catalog.format('drop policy read_by_groups on console.%I', v_object.relname);
        v_policy := null;
      end if;
      if v_policy is null and v_readers <> '{}' then
        execute pg_catalog.format(
          'create policy read_by_groups on console.%I for select to %s using (true)', v_object.relname,
          (select pg_catalog.string_agg(pg_catalog.quote_ident(n), ', ') from pg_catalog.unnest(v_readers) as n)
        );
      end if;
    end if;
  end loop;

  foreach v_group in array array['support', 'finance', 'admin', 'auditor', 'receiver', 'collector'] loop
    v_role := 'console_' || v_group;
    continue when pg_catalog.to_regrole(v_role) is null;
    execute pg_catalog.format('grant usage on schema console to %I', v_role);
    for v_object in
      select c.relname, c.oid
      from pg_catalog.pg_class as c
      where
        c.relnamespace = 'console'::pg_catalog.regnamespace and c.relkind = 'v'
        and exists (select from console.attached_columns as a where a.view_name = c.relname)
    loop
      select pg_catalog.string_agg(pg_catalog.quote_ident(a.attname), ', ' order by a.attnum) into v_columns
      from pg_catalog.pg_attribute as a
      where
        a.attrelid = v_object.oid and a.attnum > 0 and not a.attisdropped
        and not exists (
          select from console.hidden_columns as h
          where h.view_name = v_object.relname and h.column_name = a.attname and h.from_group = v_group
        );
      execute pg_catalog.format('grant select (%s) on console.%I to %I', v_columns, v_object.relname, v_role);
    end loop;
  end loop;
end
$function$;

comment on function console.renew_grants() is
  'Internal: makes the grants of our functions, tables and canonical views what the lists say, for the groups there are.';

-- Whether the caller may see where a customer registered from: asked of the grants, so that there is no
-- second copy of the rule. The page asks this before the column, which it may not name otherwise.

create function console.may_see_addresses() returns boolean
language sql
stable
security definer
set search_path = ''
as $function$
  select coalesce(
    pg_catalog.has_column_privilege(session_user, pg_catalog.to_regclass('console.users'), 'registration_ip', 'select'),
    false
  );
$function$;

create function console.registration_address(p_user_id text) returns text
language plpgsql
stable
security definer
set search_path = ''
as $function$
begin
  if not console.may_see_addresses() then
    return null;
  end if;
  return (select u.registration_ip from console.users as u where u.id = p_user_id);
end
$function$;

comment on function console.may_see_addresses() is 'Whether the caller may see the address a customer registered from.';
comment on function console.registration_address(text) is
  'The address a customer registered from; null also for whoever may not see it, see may_see_addresses().';

insert into console.functions (name, groups) values
('may_see_addresses', '{support,finance,admin,auditor}'),
('registration_address', '{support,admin,auditor,finance}');

alter table console.functions enable row level security;
alter table console.readable enable row level security;
alter table console.hidden_columns enable row level security;
