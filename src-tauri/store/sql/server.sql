-- What this server is, and whether it holds a service and our views.
select current_setting('server_version') as version,
       current_user::text as login,
       exists (select from pg_catalog.pg_namespace n where n.nspname = 'console') as has_console,
       to_regclass('console.users') is not null as has_views,
       to_regclass('public.users') is not null as has_users,
       (to_regclass('public.usage_daily') is not null
        or to_regclass('public.user_credits') is not null
        or to_regclass('public.hopsworks_clusters') is not null) as has_service,
       (select count(*) from pg_catalog.pg_class c
        join pg_catalog.pg_namespace n on n.oid = c.relnamespace
        where c.relkind in ('r', 'p') and n.nspname = 'public') as tables
