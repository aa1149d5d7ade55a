-- How a cluster is reached. What is sealed does not travel in plain beside it, and what another program encrypted is no secret
-- that could be used.
--
-- $1 cluster
select
  a.api_url, a.authority, key.sealed as sealed_api_key, config.sealed as sealed_kubeconfig,
  case when key.sealed is null and not console.is_foreign(a.api_key) then a.api_key end as api_key,
  case when config.sealed is null and not console.is_foreign(a.kubeconfig) then a.kubeconfig end as kubeconfig
from console.cluster_access($1::text) as a
left join console.sealed_secrets($1::text) as key on key.kind = 'api_key'
left join console.sealed_secrets($1::text) as config on config.kind = 'kubeconfig'
