-- The session that an export reads in, so that it can be cancelled; and no time limit until its transaction
-- ends: a list of a million rows takes as long as it takes, and the person who waits can cancel.
select
  pg_catalog.pg_backend_pid() as pid,
  pg_catalog.set_config('statement_timeout', '0', true) as statement_timeout
