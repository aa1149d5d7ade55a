-- Stores events, each once, in one commit. A copy that arrives while the first is being committed waits for it
-- here, so "duplicate" means that the event is stored, not that it is about to be.
--
-- The answer 200 promises that a crash cannot lose the event. A database or login may have
-- synchronous_commit off, which commits first and writes later; so this transaction asks for the write,
-- until it ends. Any stronger setting stays. Set in the same statement, it costs no round trip; the
-- function is called for a row of it, since a query that nobody reads is not run.
with durable as materialized (
  select pg_catalog.set_config(
    'synchronous_commit',
    case pg_catalog.current_setting('synchronous_commit')
      when 'off' then 'on'
      else pg_catalog.current_setting('synchronous_commit')
    end,
    true
  ) as synchronous_commit
)
select console.store_events(
  $1::text[], $2::text[], $3::timestamptz[], $4::jsonb[], $5::bytea[], $6::text[], $7::text[], $8::boolean[], $9::text
) as words
from durable
where durable.synchronous_commit is not null
