-- Secrets of a cluster as the service keeps them, to be sealed.
--
-- $1 cluster
select a.api_key, a.kubeconfig from console.cluster_access($1::text) as a
