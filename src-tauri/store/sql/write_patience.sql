-- How long an action waits: a row that somebody holds is said rather than waited for, and should the
-- connection vanish, the server lets go of what was locked. All three hold until the transaction ends.
select
  pg_catalog.set_config('lock_timeout', '5s', true) as lock_timeout,
  pg_catalog.set_config('statement_timeout', '120s', true) as statement_timeout,
  pg_catalog.set_config('idle_in_transaction_session_timeout', '10s', true) as idle_timeout
