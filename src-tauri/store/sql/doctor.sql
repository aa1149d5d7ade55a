-- What a program's login is and may do here, from the catalogue alone: a database that has nothing of ours answers, too.
select
  session_user::text as login,
  (select r.rolsuper from pg_catalog.pg_roles r where r.rolname = session_user) as superuser,
  coalesce((
    select pg_catalog.pg_has_role(session_user, n.nspowner, 'member') from pg_catalog.pg_namespace n where n.nspname = 'console'
  ), false) as owner,
  pg_catalog.current_setting('server_version_num')::integer as version,
  clock_timestamp() as now,
  -- What serve calls all the time, and this login may not.
  array(
    select w.name from pg_catalog.unnest(array[
      'store_events', 'claim_events', 'end_events', 'put_off_event', 'apply_stripe', 'claim_outbox', 'begin_read_back', 'note_read_back',
      'evaluate_alerts', 'claim_alert_deliveries', 'claim_stripe_doubts', 'end_stripe_doubt', 'end_stripe_listing', 'sent_by_stripe', 'queue_figures', 'cluster_access'
    ]) as w (name)
    where not exists (
      select from pg_catalog.pg_proc p
      where p.pronamespace = pg_catalog.to_regnamespace('console') and p.proname = w.name
        and pg_catalog.has_function_privilege(session_user, p.oid, 'execute')
    )
  ) as denied,
  -- Functions of the service's own that anybody may call and that act with their owner's rights.
  array(
    select p.oid::pg_catalog.regprocedure::text
    from pg_catalog.pg_proc p
    cross join lateral pg_catalog.aclexplode(coalesce(p.proacl, pg_catalog.acldefault('f', p.proowner))) g
    where p.pronamespace = pg_catalog.to_regnamespace('public') and p.prosecdef and g.grantee = 0 and g.privilege_type = 'EXECUTE'
      and p.prorettype <> 'pg_catalog.trigger'::pg_catalog.regtype
    order by 1
    limit 20
  ) as open_functions,
  coalesce(pg_catalog.pg_total_relation_size(pg_catalog.to_regclass('console.inbox')), 0) as inbox_bytes,
  pg_catalog.pg_database_size(pg_catalog.current_database()) as database_bytes,
  -- The view leaves out what the login may not see, where current_setting would fail.
  (select s.setting from pg_catalog.pg_settings s where s.name = 'data_directory') as folder
