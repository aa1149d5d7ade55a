-- What must hold for every table, view and function of the service, whichever they are.
begin;
set local search_path = public, extensions, tap;
select * from no_plan();

select cmp_ok(count(*)::int, '>=', 17, 'the service has its tables') from tap.service_tables;

-- Row level security.
select ok(c.relrowsecurity, format('%s has row level security', t.name))
from tap.service_tables as t join pg_class as c on c.oid = t.oid;

select ok(not c.relforcerowsecurity, format('%s trusts its owner, who runs the console''s functions', t.name))
from tap.service_tables as t join pg_class as c on c.oid = t.oid;

select is(
  array(select p.polcmd::text || ' ' || p.polroles::regrole[]::text from pg_policy as p where p.polrelid = t.oid),
  array['r {authenticated}'],
  format('%s has one policy, for reading, for authenticated', t.name)
)
from tap.service_tables as t;

select ok(
  pg_get_expr(p.polqual, p.polrelid) !~ 'auth\.uid\(\)',
  format('%s does not make a uuid of an Auth0 id', p.polname)
)
from pg_policy as p join tap.service_tables as t on t.oid = p.polrelid;

-- Keys and indexes.
select ok(
  exists (select from pg_constraint as k where k.conrelid = t.oid and k.contype = 'p'),
  format('%s has a primary key', t.name)
)
from tap.service_tables as t;

select ok(
  exists (
    select from pg_index as i
    where i.indrelid = k.conrelid and i.indisvalid and i.indpred is null
      and (string_to_array(i.indkey::text, ' ')::smallint[])[1:cardinality(k.conkey)] = k.conkey
  ),
  format('%s can be checked from the other side by an index', k.conname)
)
from pg_constraint as k join tap.service_tables as t on t.oid = k.conrelid
where k.contype = 'f';

select ok(
  k.conname not like '%\_check_' and k.conname not like '%\_check__',
  format('%s is a name somebody chose', k.conname)
)
from pg_constraint as k join tap.service_tables as t on t.oid = k.conrelid
where k.contype = 'c';

-- Quantities and money.
select is(
  format_type(a.atttypid, a.atttypmod), 'numeric', format('%s.%s keeps every digit', t.name, a.attname)
)
from pg_attribute as a join tap.service_tables as t on t.oid = a.attrelid
where a.attnum > 0 and not a.attisdropped and a.atttypid in ('numeric'::regtype, 'float4'::regtype, 'float8'::regtype, 'money'::regtype);

select is(
  format_type(a.atttypid, a.atttypmod), 'timestamp with time zone', format('%s.%s knows its zone', t.name, a.attname)
)
from pg_attribute as a join tap.service_tables as t on t.oid = a.attrelid
where a.attnum > 0 and not a.attisdropped and a.attname ~ '_at$';

select ok(
  exists (
    select from pg_trigger as g
    where g.tgrelid = t.oid and g.tgfoid = 'public.update_updated_at_column'::regproc and g.tgenabled = 'O'
  ),
  format('%s stamps updated_at', t.name)
)
from tap.service_tables as t
where exists (select from pg_attribute as a where a.attrelid = t.oid and a.attname = 'updated_at');

-- Views and functions.
select bag_eq(
  'select name from tap.service_views',
  array['team_members', 'account_usage', 'account_usage_summary'],
  'the three views are there'
);

select ok(
  'security_invoker=on' = any (c.reloptions), format('%s runs with the rights of whoever asks', v.name)
)
from tap.service_views as v join pg_class as c on c.oid = v.oid;

select bag_eq(
  'select name from tap.service_functions',
  array[
    'update_updated_at_column()', 'usage_daily_fill_account_owner()',
    'increment_cluster_users(uuid)', 'decrement_cluster_users(uuid)'
  ],
  'the functions are these and no others'
);

select ok(
  p.proconfig @> array['search_path=""'] and not p.prosecdef,
  format('%s pins its search path and lends nobody its owner''s rights', f.name)
)
from tap.service_functions as f join pg_proc as p on p.oid = f.oid;

select is(
  (
    select array_agg(coalesce(r.rolname, 'public') order by 1)::text
    from pg_proc as p, aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) as acl
    left join pg_roles as r on r.oid = acl.grantee
    where p.oid = f.oid and acl.grantee <> p.proowner
  ),
  '{service_role}',
  format('%s is executable by service_role and nobody else', f.name)
)
from tap.service_functions as f;

-- Comments.
select ok(obj_description(t.oid, 'pg_class') <> '', format('%s says what it is', t.name))
from (select * from tap.service_tables union all select * from tap.service_views) as t;

select ok(
  col_description(a.attrelid, a.attnum) <> '', format('%s.%s says its unit', t.name, a.attname)
)
from pg_attribute as a join tap.service_tables as t on t.oid = a.attrelid
where a.attnum > 0 and not a.attisdropped and a.atttypid = 'numeric'::regtype;

-- Extensions.
select is(
  (select e.extnamespace::regnamespace::text from pg_extension as e where e.extname = 'pg_trgm'),
  'extensions',
  'pg_trgm is not in the exposed schema'
);

select is(
  array(
    select distinct pg_get_userbyid(c.relowner)::text
    from pg_class as c where c.relnamespace = 'public'::regnamespace
  ),
  array['hopsdesk_owner'],
  'everything belongs to the owner of the schema, who is no superuser'
);

select * from finish();
rollback;
