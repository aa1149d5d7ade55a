-- How long the statements of this transaction may run and wait for locks. Both hold until it ends.
select
  pg_catalog.set_config('statement_timeout', $1, true) as statement_timeout,
  pg_catalog.set_config('lock_timeout', $2, true) as lock_timeout
