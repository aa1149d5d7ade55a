-- What a cluster carried per day, from the rollup.
--
-- $1 cluster id · $2 first day · $3 last day
-- A null is a day that recorded nothing of the kind, which is not the same as zero.
select d.day as date, d.total_cost, d.cpu_hours, d.gpu_hours, d.storage_gb, d.feature_store_api_calls,
       d.model_inference_calls
from console.usage_by_cluster_day d
where d.cluster_id = $1 and d.day between $2 and $3
order by d.day
