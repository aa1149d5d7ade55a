-- What the receiver needs before it can work: its inbox, the views and the function that attach writes.
-- A missing schema is an answer here, not an error.
select
  pg_catalog.to_regclass('console.migrations_console') is not null as migrated,
  pg_catalog.to_regclass('console.inbox') is not null as inbox,
  pg_catalog.to_regclass('console.users') is not null as views,
  pg_catalog.to_regprocedure('console.upsert_registered_user(text, text, text, text, text, timestamp with time zone)')
    is not null as applies,
  pg_catalog.current_setting('transaction_read_only') = 'on' as read_only
