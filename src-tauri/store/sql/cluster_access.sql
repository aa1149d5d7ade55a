-- How a cluster is reached. Holds a secret: only the headless program may ask.
select a.api_url, a.api_key, a.authority from console.cluster_access($1::text) as a
