-- What an open console may carry out by this login: anything at all, and what happens on clusters. Staff may
-- not reach a cluster; the owner of the schema may, unless something is sealed that no key of the console opens: a turn
-- taken by whoever cannot open it would only keep the headless program from its work.
--
-- $1 public keys whose private ones the console has
select
  pg_catalog.has_function_privilege(session_user, claim.oid, 'execute') as claims,
  case
    when pg_catalog.has_function_privilege(session_user, reach.oid, 'execute')
      then console.all_open_with($1)
    else false
  end as reaches_clusters
from pg_catalog.pg_proc as reach
cross join pg_catalog.pg_proc as claim
where
  reach.pronamespace = pg_catalog.to_regnamespace('console') and reach.proname = 'cluster_access'
  and claim.pronamespace = pg_catalog.to_regnamespace('console') and claim.proname = 'claim_outbox'
