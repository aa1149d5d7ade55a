-- What an open console may carry out by this login: anything at all, and what happens on clusters. Staff may
-- not reach a cluster; the owner of the schema may, until something is sealed: that opens for the headless
-- program alone, and a turn taken by whoever cannot open it would only keep that from its work.
select
  pg_catalog.has_function_privilege(session_user, claim.oid, 'execute') as claims,
  case
    when pg_catalog.has_function_privilege(session_user, reach.oid, 'execute')
      then not exists (select from console.sealing_of(null) as s where s.is_sealed)
    else false
  end as reaches_clusters
from pg_catalog.pg_proc as reach
cross join pg_catalog.pg_proc as claim
where
  reach.pronamespace = pg_catalog.to_regnamespace('console') and reach.proname = 'cluster_access'
  and claim.pronamespace = pg_catalog.to_regnamespace('console') and claim.proname = 'claim_outbox'
