-- What the customer sees: read through the customer's own row level security. Staff are never members of
-- `authenticated`; a role that cannot log in is, and owns the one function that reads as it. Where row
-- level security is off there is nothing that the customer would be held back by, so it is refused.

do $$
begin
  if to_regrole('authenticated') is null then
    return;
  end if;
  if to_regrole('console_as_customer') is null then
    begin
      create role console_as_customer nologin inherit;
      comment on role console_as_customer is 'Hopsdesk: reads as a customer of the service does; cannot log in.';
    exception
      when duplicate_object or unique_violation or insufficient_privilege then null;
    end;
  end if;
exception
  when insufficient_privilege then null;
end
$$;

-- Rows of every table of the service, as the customer of the token would be given them: how many, 10,001 at
-- most, and the newest fifty. The role that owns it has no right of its own, and is no owner of any table:
-- policies hold for it.
create function console.read_as_customer(p_claims text) returns jsonb
language plpgsql
security definer
set search_path = ''
set timezone to 'UTC'
as $function$
declare
  v_table record;
  v_rows jsonb;
  v_count bigint;
  v_all jsonb := '{}';
  v_claims text := coalesce(pg_catalog.current_setting('request.jwt.claims', true), '');
begin
  perform pg_catalog.set_config('request.jwt.claims', p_claims, true);
  for v_table in
    select c.oid, c.relname,
      pg_catalog.string_agg(pg_catalog.quote_ident(a.attname), ', ' order by a.attnum) as columns,
      pg_catalog.jsonb_agg(a.attname order by a.attnum) as names,
      (pg_catalog.array_agg(pg_catalog.quote_ident(a.attname) order by
        pg_catalog.array_position(array['date', 'created_at', 'assigned_at', 'updated_at']::name[], a.attname))
        filter (where a.attname in ('date', 'created_at', 'assigned_at', 'updated_at')))[1] as newest
    from pg_catalog.pg_class as c
    join pg_catalog.pg_attribute as a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
    where
      c.relnamespace = 'public'::pg_catalog.regnamespace and c.relkind in ('r', 'p') and not c.relispartition
      and pg_catalog.has_column_privilege('authenticated', c.oid, a.attnum, 'select')
    group by c.oid, c.relname
    order by c.relname
  loop
    begin
      execute pg_catalog.format(
        'select coalesce(pg_catalog.jsonb_agg(pg_catalog.to_jsonb(t)), ''[]'') from (select %s from public.%I%s limit 50) as t',
        v_table.columns, v_table.relname, ' order by ' || v_table.newest || ' desc nulls last'
      ) into v_rows;
      execute pg_catalog.format(
        'select pg_catalog.count(*) from (select from public.%I limit 10001) as t', v_table.relname
      ) into v_count;
    exception
      -- A policy that looks into a table the customer may not read.
      when insufficient_privilege then
        v_rows := 'null';
        v_count := null;
    end;
    v_all := v_all || pg_catalog.jsonb_build_object(v_table.relname, pg_catalog.jsonb_build_object(
      'columns', v_table.names, 'seen', v_count, 'rows', v_rows
    ));
  end loop;
  -- Nothing that follows in this transaction reads as the customer.
  perform pg_catalog.set_config('request.jwt.claims', v_claims, true);
  return v_all;
end
$function$;

comment on function console.read_as_customer(text) is 'Internal: owned by console_as_customer; reads every table as the customer of these claims.';

-- How many rows of a table are of these people, whoever may see them; null where its columns do not say whose
-- they are.
create function console.rows_of(p_table text, p_people text[]) returns bigint
language plpgsql
stable
set search_path = ''
as $function$
declare
  v_column text;
  v_count bigint;
begin
  select a.attname into v_column
  from pg_catalog.pg_attribute as a
  where
    a.attrelid = pg_catalog.to_regclass(pg_catalog.format('public.%I', p_table)) and a.attnum > 0 and not a.attisdropped
    and (a.attname in ('user_id', 'member_id', 'account_owner_id') and p_table <> 'users' or a.attname = 'id' and p_table = 'users')
  order by pg_catalog.array_position(array['id', 'user_id', 'member_id', 'account_owner_id']::name[], a.attname)
  limit 1;
  if v_column is null then
    return null;
  end if;
  execute pg_catalog.format(
    'select pg_catalog.count(*) from (select from public.%I as t where t.%I::text = any ($1) limit 10001) as t', p_table, v_column
  ) into v_count using p_people;
  return v_count;
end
$function$;

comment on function console.rows_of(text, text[]) is 'Internal: how many rows of a table of the service are of these people, 10,001 at most.';

create function console.view_as(p_user_id text, p_reason text) returns jsonb
language plpgsql
security definer
set search_path = ''
as $function$
declare
  v_staff console.staff := console.caller();
  v_open text[];
  v_people text[];
  v_audit bigint;
  v_tables jsonb;
begin
  perform console.text_argument(pg_catalog.jsonb_build_object('reason', p_reason), 'reason', 3, 500);
  if not exists (select from console.users as u where u.id = p_user_id) then
    perform console.refuse('HD006', 'There is no such user.', pg_catalog.jsonb_build_object('subject', p_user_id));
  end if;
  if pg_catalog.to_regrole('console_as_customer') is null or not exists (
    select from pg_catalog.pg_proc as p
    where p.oid = 'console.read_as_customer(text)'::pg_catalog.regprocedure and p.proowner = 'console_as_customer'::pg_catalog.regrole
  ) then
    perform console.refuse(
      'HD008', 'This database has no role for customers, or the owner of the console could not prepare one.', '{}'
    );
  end if;
  v_open := array(
    select c.relname from pg_catalog.pg_class as c
    where
      c.relnamespace = 'public'::pg_catalog.regnamespace and c.relkind in ('r', 'p') and not c.relrowsecurity
      and not c.relispartition
      and pg_catalog.has_any_column_privilege('authenticated', c.oid, 'select')
    order by c.relname
  );
  if v_open <> '{}' then
    perform console.refuse(
      'HD011',
      pg_catalog.format('Row level security is off on %s: every customer could read every row, so there is no customer''s view.', pg_catalog.array_to_string(v_open, ', ')),
      pg_catalog.jsonb_build_object('tables', v_open)
    );
  end if;
  v_audit := console.audit_write(
    'staff', 'view_as', 'user', p_user_id, pg_catalog.jsonb_build_object(
      'reason', p_reason, 'staff', v_staff.name,
      'label', (select coalesce(nullif(pg_catalog.btrim(u.name), ''), u.email) from console.users as u where u.id = p_user_id)
    )
  );
  v_tables := console.read_as_customer(pg_catalog.jsonb_build_object('sub', p_user_id, 'role', 'authenticated')::text);
  -- Beside it what is there of them and of their team.
  v_people := array(select u.id from console.users as u where u.id = p_user_id or u.account_owner_id = p_user_id);
  select coalesce(pg_catalog.jsonb_object_agg(
    t.key, t.value || pg_catalog.jsonb_build_object('there', console.rows_of(t.key, v_people))
  ), '{}') into v_tables
  from pg_catalog.jsonb_each(v_tables) as t;
  return pg_catalog.jsonb_build_object(
    'audit_id', v_audit, 'subject', p_user_id, 'at', pg_catalog.clock_timestamp(), 'tables', v_tables
  );
end
$function$;

comment on function console.view_as(text, text) is
  'What a customer sees, through their own row level security: {"audit_id", "subject", "at", "tables": {name: {"columns", "seen", "there", "rows"}}}, the newest fifty rows a table. Recorded.';

-- To give a function away one must be able to become the new owner, who must be able to own things here;
-- both only for this moment.
do $$
declare
  v_me text := current_user;
begin
  if to_regrole('authenticated') is null or to_regrole('console_as_customer') is null then
    return;
  end if;
  if not pg_has_role('console_as_customer', 'authenticated', 'usage') then
    execute 'grant authenticated to console_as_customer';
  end if;
  execute format('grant console_as_customer to %I', v_me);
  execute 'grant create, usage on schema console to console_as_customer';
  execute 'alter function console.read_as_customer(text) owner to console_as_customer';
  execute 'revoke all on function console.read_as_customer(text) from public';
  execute format('grant execute on function console.read_as_customer(text) to %I', v_me);
  execute 'revoke create on schema console from console_as_customer';
  execute format('revoke console_as_customer from %I', v_me);
exception
  -- view_as says so; everything else works.
  when insufficient_privilege then null;
end
$$;

insert into console.functions (name, groups) values ('view_as', '{support,finance,admin,auditor}');
