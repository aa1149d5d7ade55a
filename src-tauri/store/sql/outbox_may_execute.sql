-- What this login may carry out: anything at all, and what happens on clusters. Staff may not reach a
-- cluster; the owner of the schema and the headless program may.
select
  pg_catalog.has_function_privilege(session_user, claim.oid, 'execute') as claims,
  pg_catalog.has_function_privilege(session_user, reach.oid, 'execute') as reaches_clusters
from pg_catalog.pg_proc as reach
cross join pg_catalog.pg_proc as claim
where
  reach.pronamespace = pg_catalog.to_regnamespace('console') and reach.proname = 'cluster_access'
  and claim.pronamespace = pg_catalog.to_regnamespace('console') and claim.proname = 'claim_outbox'
