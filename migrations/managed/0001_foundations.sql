-- What the other files lean on: fragment search for support ("the customer called Wasserm…"), and a
-- last-changed time that no program can forget to write.
--
-- The whole set builds a fresh managed Hopsworks service in `public`, as the owner of that schema,
-- who is no superuser. Nothing says `if not exists` for a table: a foreign table of the same name
-- stops the migration, so that nobody ends up with half of somebody else's schema.
--
-- Who may do what is the same in every file, and is spelled out there because hosted projects differ
-- in what they grant by default:
--   * anon gets nothing: the service has no public data;
--   * authenticated (a customer's token) may read its own rows, an account owner also those of the
--     team, and may write nothing at all. Suspended and deleted users may still read what is theirs:
--     it is their data, and the bill has to stay visible to whoever must pay it;
--   * service_role (the service's own programs) reads and writes everything;
--   * row level security is on for every table and not forced: the schema's owner runs migrations
--     and the console's audited functions, and is trusted.
-- Ids are Auth0's (`auth0|…`), so policies compare with the token's `sub`: auth.uid() would try to
-- make a uuid of it. The sub-select around auth.jwt() reads the token once a statement, not once a row.
--
-- Left out on purpose, though the first generation had them: `clusters` and `instances_backup` (older
-- copies of hopsworks_clusters and instances), `usage_metrics` (raw samples; hour-facts are kept in
-- the schema console now) and `user_profiles` (its columns went into users).

create schema if not exists extensions;

create extension if not exists pg_trgm with schema extensions;

create function public.update_updated_at_column() returns trigger
language plpgsql
set search_path = ''
as $$
begin
  new.updated_at := pg_catalog.now();
  return new;
end
$$;

comment on function public.update_updated_at_column() is
  'Trigger: stamps updated_at on every update, whatever the statement said.';

revoke all on function public.update_updated_at_column() from public, anon, authenticated, service_role;
grant execute on function public.update_updated_at_column() to service_role;
