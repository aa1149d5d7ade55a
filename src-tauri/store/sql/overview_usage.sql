-- Usage of the whole service per day, from the rollup.
--
-- $1 first day · $2 last day
select d.day as date, sum(d.total_cost) as total_cost, sum(d.cpu_hours) as cpu_hours,
       sum(d.gpu_hours) as gpu_hours, sum(d.storage_gb) as storage_gb,
       sum(d.feature_store_api_calls) as feature_store_api_calls,
       sum(d.model_inference_calls) as model_inference_calls
from console.usage_by_cluster_day d
where d.day between $1 and $2
group by d.day
order by d.day
