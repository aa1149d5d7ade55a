-- Who may do what, to the last privilege. The same list must come out whether or not the project
-- grants the API roles everything by default; run.sh runs this under both.
begin;
set local search_path = public, extensions, tap;
select * from no_plan();

create temporary view granted as
select
  t.name as relation,
  coalesce(r.rolname, 'public')::text as grantee,
  string_agg(acl.privilege_type, ',' order by acl.privilege_type) as privileges
from (select * from tap.service_tables union all select * from tap.service_views) as t
join pg_class as c on c.oid = t.oid
cross join aclexplode(c.relacl) as acl
left join pg_roles as r on r.oid = acl.grantee
where acl.grantee <> c.relowner
group by t.name, r.rolname;

select is(
  (select g.privileges from granted as g where g.relation = t.name and g.grantee = 'service_role'),
  'DELETE,INSERT,SELECT,UPDATE',
  format('service_role reads and writes %s, and cannot empty or rewire it', t.name)
)
from tap.service_tables as t;

select is(
  (select g.privileges from granted as g where g.relation = v.name and g.grantee = 'service_role'),
  'SELECT',
  format('service_role reads %s', v.name)
)
from tap.service_views as v;

select bag_eq(
  $$ select relation, privileges from granted where grantee = 'authenticated' $$,
  $$ values
    ('user_hopsworks_assignments', 'SELECT'), ('instances', 'SELECT'), ('user_projects', 'SELECT'),
    ('project_member_roles', 'SELECT'), ('feature_groups', 'SELECT'), ('model_deployments', 'SELECT'),
    ('usage_daily', 'SELECT'), ('user_credits', 'SELECT'), ('credit_transactions', 'SELECT'),
    ('billing_history', 'SELECT'), ('invoices', 'SELECT'), ('subscriptions', 'SELECT'),
    ('team_members', 'SELECT'), ('account_usage', 'SELECT'), ('account_usage_summary', 'SELECT')
  $$,
  'customers read these whole, and write none of them'
);

select is_empty(
  $$ select * from granted where grantee not in ('authenticated', 'service_role') $$,
  'nobody else holds a privilege on a table or view'
);

-- Privileges on single columns.
select is_empty(
  $$
    select c.relname, a.attname, coalesce(r.rolname, 'public'), acl.privilege_type
    from pg_attribute as a
    join pg_class as c on c.oid = a.attrelid and c.relnamespace = 'public'::regnamespace
    cross join aclexplode(a.attacl) as acl
    left join pg_roles as r on r.oid = acl.grantee
    where r.rolname is distinct from 'authenticated' or acl.privilege_type <> 'SELECT'
  $$,
  'single columns are granted to authenticated only, for reading'
);

select bag_eq(
  $$
    select t.name || '.' || a.attname
    from tap.service_tables as t
    join pg_attribute as a on a.attrelid = t.oid and a.attnum > 0 and not a.attisdropped
    where has_any_column_privilege('authenticated', t.oid, 'SELECT')
      and not has_column_privilege('authenticated', t.oid, a.attnum, 'SELECT')
  $$,
  array[
    'users.owned_by_account_owner', 'users.registration_source', 'users.registration_ip', 'users.metadata',
    'users.deletion_reason', 'users.stripe_test_customer_id',
    'team_invites.token',
    'hopsworks_clusters.api_key', 'hopsworks_clusters.kubeconfig', 'hopsworks_clusters.metadata',
    'hopsworks_clusters.max_users', 'hopsworks_clusters.current_users',
    'hopsworks_clusters.created_at', 'hopsworks_clusters.updated_at',
    'user_pricing_overrides.created_by', 'user_pricing_overrides.reason',
    'user_pricing_overrides.created_at', 'user_pricing_overrides.updated_at'
  ],
  'these columns of readable tables stay hidden'
);

-- The same, asked as a request would.
select tap.two_teams();

select is(
  tap.seen('authenticated', 'auth0|ana', format('select count(%I) from public.hopsworks_clusters', c)),
  '[42501]',
  format('a customer cannot read a cluster''s %s', c)
)
from unnest(array['api_key', 'kubeconfig', 'metadata']) as c;

select is(
  tap.seen('authenticated', 'auth0|ana', 'select count(token) from public.team_invites'),
  '[42501]',
  'an owner cannot read the token of an invitation'
);

select is(
  tap.seen('anon', sub, format('select count(*) from public.%I', t.name)),
  '[42501]',
  format('anon reads nothing of %s, %s', t.name, coalesce('even with a token for ' || sub, 'without a token'))
)
from (select * from tap.service_tables union all select * from tap.service_views) as t
cross join (values (null), ('auth0|ana')) as tokens (sub);

select is(
  tap.seen(reader, 'auth0|ana', statement),
  '[42501]',
  format('%s cannot: %s', reader, statement)
)
from tap.service_tables as t
cross join unnest(array['anon', 'authenticated']) as reader
cross join lateral (
  select format('%I', a.attname) as col
  from pg_attribute as a where a.attrelid = t.oid and a.attnum = 1
) as first
cross join lateral unnest(array[
  format('insert into public.%I default values', t.name),
  format('update public.%I set %s = %s', t.name, first.col, first.col),
  format('delete from public.%I', t.name),
  format('truncate public.%I', t.name)
]) as statement;

select is(
  tap.seen(reader, 'auth0|ana', statement),
  '[42501]',
  format('%s cannot: %s', reader, statement)
)
from unnest(array['anon', 'authenticated']) as reader
cross join unnest(array[
  'select public.increment_cluster_users(gen_random_uuid())',
  'select public.decrement_cluster_users(gen_random_uuid())',
  'create table public.mine ()'
]) as statement;

select is(
  tap.seen('service_role', null, format('select (count(*) > 0)::text from public.%I', t.name)),
  'true',
  format('service_role sees the rows of %s', t.name)
)
from tap.service_tables as t;

select * from finish();
rollback;
