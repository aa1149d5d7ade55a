-- Tables and views in schemas that are neither ours, nor Postgres's, nor Supabase's: a service may keep
-- some of its own there, and they are named where `public` lacks one.
select n.nspname::text as schema, c.relname::text as name
from pg_catalog.pg_class as c
join pg_catalog.pg_namespace as n on n.oid = c.relnamespace
where c.relkind in ('r', 'p', 'v', 'm', 'f') and not c.relispartition
  and n.nspname not in (
    'public', 'console', 'information_schema', 'auth', 'storage', 'realtime', '_realtime', 'extensions',
    'graphql', 'graphql_public', 'vault', 'pgsodium', 'pgsodium_masks', 'net', 'cron', 'pgbouncer',
    'supabase_functions', 'supabase_migrations', '_analytics', 'pgmq', 'tap'
  )
  and n.nspname !~ '^pg_'
order by n.nspname, c.relname
limit 500
