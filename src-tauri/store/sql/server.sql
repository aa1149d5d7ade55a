-- What this server is, and whether it holds a service and our views.
select current_setting('server_version') as version,
       current_user::text as login,
       exists (select from pg_catalog.pg_namespace n where n.nspname = 'console') as has_console,
       -- All that statements read. An older version of this program may have attached fewer.
       not exists (
         select from unnest(array[
           'billed', 'billed_charges', 'billed_invoices', 'billed_mirror', 'billed_subscriptions', 'open_invoices',
           'cluster_assignments', 'clusters', 'credit_transactions', 'feature_groups', 'health_check_failures',
           'instances', 'invoices', 'model_deployments', 'price_overrides', 'project_member_roles',
           'recorded_invoices', 'stripe_invoice_payments', 'stripe_invoices', 'stripe_mode', 'stripe_products',
           'stripe_subscriptions', 'subscriptions', 'team_invites', 'usage_daily', 'user_credits', 'user_projects',
           'users',
           'attachment', 'attached_columns', 'attached_functions', 'functions',
           'rollup_state', 'service_figures', 'cluster_seats', 'seat_findings', 'credit_standing', 'team_standing',
           'usage_by_account_month', 'usage_by_cluster_day', 'usage_by_user_month', 'usage_recent',
           'without_seat', 'users_concerned', 'lists_counted', 'invoices_overruled',
           'audit', 'audit_entries', 'effect_switches', 'effects', 'inbox_attention', 'ledger_entries', 'notes',
           'outbox', 'staff', 'traffic', 'alerts', 'alert_deliveries', 'alert_rounds', 'read_backs',
           'cluster_findings', 'cluster_forecasts', 'cluster_namespaces', 'cluster_nodes', 'cluster_readings', 'cluster_snapshots', 'cluster_watch',
           'hopsworks_projects', 'hopsworks_users', 'namespace_costs', 'open_findings',
           'recipients', 'seat_requests', 'assignment_rules', 'keys_held'
         ]) as named (relation)
         where to_regclass('console.' || named.relation) is null
       ) and not exists (
         select from unnest(array[
           'find_named', 'found_standing', 'list_accounts', 'list_credits', 'list_invoices', 'list_teams', 'list_users',
           'named', 'search', 'show_user'
         ]) as named (function)
         where to_regproc('console.' || named.function) is null
       ) as has_views,
       to_regclass('public.users') is not null as has_users,
       (to_regclass('public.usage_daily') is not null
        or to_regclass('public.user_credits') is not null
        or to_regclass('public.hopsworks_clusters') is not null) as has_service,
       (select count(*) from pg_catalog.pg_class c
        join pg_catalog.pg_namespace n on n.oid = c.relnamespace
        where c.relkind in ('r', 'p') and n.nspname = 'public') as tables
