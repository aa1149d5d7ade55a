-- The Supabase stand-in behaves like the real thing where the schema and its tests rely on it.
begin;
set local search_path = public, extensions, tap;
select * from no_plan();

select is(
  (r.rolsuper, r.rolbypassrls, r.rolcanlogin, r.rolcreaterole, r.rolcreatedb)::text,
  expected,
  format('%s has the attributes it has on a hosted project', r.rolname)
)
from pg_roles as r
join (values
  ('anon', '(f,f,f,f,f)'),
  ('authenticated', '(f,f,f,f,f)'),
  ('service_role', '(f,t,f,f,f)'),
  ('authenticator', '(f,f,t,f,f)'),
  ('hopsdesk_owner', '(f,t,t,t,t)')
) as wanted (name, expected) on wanted.name = r.rolname;

select ok(pg_has_role(holder, api, 'member'), format('%s may become %s', holder, api))
from unnest(array['authenticator', 'hopsdesk_owner']) as holder
cross join unnest(array['anon', 'authenticated', 'service_role']) as api;

select is(
  (select count(*)::int from pg_roles where rolname in ('anon', 'authenticated', 'service_role', 'authenticator', 'hopsdesk_owner')),
  5, 'the five roles are there'
);

-- Members of the API roles can be made by the owner, as the receiver's login will be.
create function pg_temp.passes_on(api name) returns text language plpgsql as $$
begin
  set local role hopsdesk_owner;
  create role passed_on_probe;
  execute format('grant %I to passed_on_probe', api);
  drop role passed_on_probe;
  reset role;
  return 'passed on';
end
$$;
select is(pg_temp.passes_on(api), 'passed on', format('the owner can pass on %s', api))
from unnest(array['anon', 'authenticated', 'service_role']) as api;

select is(tap.seen('authenticated', 'auth0|x', $$ select auth.jwt() ->> 'sub' $$), 'auth0|x', 'jwt() is the token');
select is(tap.seen('authenticated', 'auth0|x', 'select auth.role()'), 'authenticated', 'role() is the token''s');
select is(
  tap.seen('authenticated', 'auth0|x', 'select auth.uid()'), '[22P02]', 'uid() cannot read an Auth0 id'
);
select is(
  tap.seen('authenticated', 'c0ffee00-0000-4000-8000-000000000001', 'select auth.uid()'),
  'c0ffee00-0000-4000-8000-000000000001', 'uid() reads a uuid'
);
select is(
  tap.seen('authenticated', null, $$ select coalesce(auth.jwt()::text, 'none') $$), 'none', 'no token is null, not an error'
);
select is(
  tap.seen('authenticated', 'auth0|x', 'select count(*) from auth.users'), '[42501]', 'sign-in accounts are not exposed'
);
select ok(e.extnamespace = 'extensions'::regnamespace, format('%s lives outside public', e.extname))
from pg_extension as e where e.extname <> 'plpgsql';
select is(
  (
    select setting from pg_db_role_setting as s
    join pg_database as d on d.oid = s.setdatabase and d.datname = current_database(),
    unnest(s.setconfig) as setting
    where s.setrole = 0 and setting like 'search_path=%'
  ),
  'search_path="$user", public, extensions',
  'the database looks for names as Supabase''s does'
);

select * from finish();
rollback;
