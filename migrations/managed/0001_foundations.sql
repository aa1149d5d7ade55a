-- What the other files lean on: fragment search for support ("the customer called Wasserm…"), and a
-- last-changed time that no program can forget to write.
--
-- The whole set builds a fresh managed Hopsworks service in `public`, as the owner of that schema,
-- who is no superuser. A table or view of one of its names that is there already stops it before it
-- begins, so that nobody ends up with half of somebody else's schema.
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

do $$
declare
  taken text;
begin
  select string_agg(c.relname, ', ' order by c.relname) into taken
  from pg_catalog.pg_class as c
  where c.relnamespace = 'public'::regnamespace and c.relname in (
    'users', 'team_invites', 'hopsworks_clusters', 'user_hopsworks_assignments',
    'instances', 'user_projects', 'project_member_roles', 'feature_groups', 'model_deployments',
    'usage_daily', 'user_credits', 'credit_transactions', 'billing_history', 'invoices', 'subscriptions',
    'user_pricing_overrides', 'stripe_products', 'health_check_failures',
    'team_members', 'account_usage', 'account_usage_summary'
  );
  if taken is not null then
    raise exception 'this database already has, in public: %', taken
      using errcode = 'duplicate_table',
        hint = 'A service that exists is attached, not created anew: hopsdesk-webhook attach.';
  end if;
end
$$;

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
