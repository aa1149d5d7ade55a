-- How long the worker's transaction waits for others, and others for it. A lock that somebody forgot to
-- give back must not hold up every event behind it; and should the worker's connection vanish without a
-- word, the server ends the session by itself and lets go of the events it had claimed. All three hold
-- until the transaction ends.
select
  pg_catalog.set_config('lock_timeout', '3s', true) as lock_timeout,
  pg_catalog.set_config('statement_timeout', '15s', true) as statement_timeout,
  pg_catalog.set_config('idle_in_transaction_session_timeout', '5s', true) as idle_timeout
