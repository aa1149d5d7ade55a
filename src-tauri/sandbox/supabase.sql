-- Makes a plain Postgres database stand in for a Supabase one: the same roles, the same two schemas,
-- the same way of reading a token's claims. Nothing of the product is in here.
--
-- Run as a superuser, once a database; it may be run again. Plain SQL, no psql commands: the sandbox
-- sends this text over an ordinary connection.
--
-- What differs from a hosted project, on purpose:
--   * the owner of `public` is called hopsdesk_owner (hosted: postgres). Like there it is no
--     superuser, so whatever it cannot do here it cannot do there either;
--   * default privileges are those of a new project: nothing in `public` is granted to anybody
--     unless a migration says so. Projects made before 2026-10-30 grant everything to the API roles;
--     the tests add that by themselves.
--   * hopsdesk_owner and authenticator have no password until the caller sets one.

-- ---------------------------------------------------------------------------------------------
-- Roles. They belong to the whole cluster, so several databases may be prepared at the same moment:
-- whatever is there already is left alone, and losing a race to make it is fine.

do $$
declare
  wanted record;
begin
  for wanted in
    select *
    from (values
      ('anon', 'nologin noinherit'),
      ('authenticated', 'nologin noinherit'),
      ('service_role', 'nologin noinherit bypassrls'),
      ('authenticator', 'login noinherit'),
      ('hopsdesk_owner', 'login nosuperuser createdb createrole bypassrls')
    ) as roles (name, attributes)
  loop
    continue when exists (select from pg_catalog.pg_roles where rolname = wanted.name);
    begin
      execute format('create role %I with %s', wanted.name, wanted.attributes);
    exception
      when duplicate_object or unique_violation then null;
    end;
  end loop;

  for wanted in
    select api.name as api, holder.name as holder
    from (values ('anon'), ('authenticated'), ('service_role')) as api (name)
    cross join (values ('authenticator'), ('hopsdesk_owner')) as holder (name)
  loop
    continue when pg_has_role(wanted.holder, wanted.api, 'member');
    begin
      execute format('grant %I to %I', wanted.api, wanted.holder);
      -- From 16 on createrole alone no longer lets the owner pass these roles on; hosted projects
      -- of those versions give it the right to.
      if wanted.holder = 'hopsdesk_owner' and current_setting('server_version_num')::int >= 160000 then
        execute format('grant %I to %I with admin option', wanted.api, wanted.holder);
      end if;
    exception
      when unique_violation then null;
    end;
  end loop;
end
$$;

-- ---------------------------------------------------------------------------------------------
-- The database: a superuser keeps it, the owner role may make schemas and trusted extensions in it.

do $$
begin
  execute format('grant create, connect, temporary on database %I to hopsdesk_owner', current_database());
  execute format('alter database %I set search_path to "$user", public, extensions', current_database());
end
$$;

alter schema public owner to hopsdesk_owner;
revoke create on schema public from public;
grant usage on schema public to anon, authenticated, service_role;

-- ---------------------------------------------------------------------------------------------
-- Extensions live in a schema of their own, which the API does not expose.

create schema if not exists extensions;
grant usage on schema extensions to anon, authenticated, service_role, hopsdesk_owner;
grant create on schema extensions to hopsdesk_owner;

create extension if not exists pgcrypto with schema extensions;
create extension if not exists "uuid-ossp" with schema extensions;
create extension if not exists pg_trgm with schema extensions;

-- ---------------------------------------------------------------------------------------------
-- auth: sign-in accounts (Supabase Auth keeps them; Auth0 services leave the table empty) and the
-- functions that read the claims PostgREST puts into the transaction.

create schema if not exists auth;
grant usage on schema auth to anon, authenticated, service_role, hopsdesk_owner;

create table if not exists auth.users (
  id uuid not null primary key default gen_random_uuid(),
  aud text,
  role text,
  email text unique,
  encrypted_password text,
  email_confirmed_at timestamptz,
  invited_at timestamptz,
  last_sign_in_at timestamptz,
  raw_app_meta_data jsonb,
  raw_user_meta_data jsonb,
  banned_until timestamptz,
  created_at timestamptz default now(),
  updated_at timestamptz default now(),
  deleted_at timestamptz
);

-- As on a hosted project: the owner may look, refer to it, hang a trigger on it, and add to it, but
-- it does not own the table.
revoke all on auth.users from public, anon, authenticated;
grant select, insert, update, delete, references, trigger on auth.users to hopsdesk_owner, service_role;

-- An unset custom setting reads as an empty string once a transaction has set it and ended; nullif
-- makes "no token" look the same before and after.
create or replace function auth.jwt() returns jsonb
language sql stable
as $$
  select coalesce(
    nullif(current_setting('request.jwt.claim', true), ''),
    nullif(current_setting('request.jwt.claims', true), '')
  )::jsonb
$$;

create or replace function auth.uid() returns uuid
language sql stable
as $$
  select (nullif(current_setting('request.jwt.claims', true), '')::jsonb ->> 'sub')::uuid
$$;

create or replace function auth.role() returns text
language sql stable
as $$
  select nullif(current_setting('request.jwt.claims', true), '')::jsonb ->> 'role'
$$;

create or replace function auth.email() returns text
language sql stable
as $$
  select nullif(current_setting('request.jwt.claims', true), '')::jsonb ->> 'email'
$$;

grant execute on function auth.jwt(), auth.uid(), auth.role(), auth.email()
to anon, authenticated, service_role, hopsdesk_owner;
