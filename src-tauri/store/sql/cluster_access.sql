-- How a cluster is reached. Holds secrets: only the headless program may ask.
select a.api_url, a.api_key, a.kubeconfig, a.authority from console.cluster_access($1::text) as a
