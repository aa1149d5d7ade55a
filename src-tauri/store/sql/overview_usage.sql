-- Usage of the whole service per day.
--
-- $1 first day · $2 last day
select d.date, sum(d.total_cost) as total_cost, sum(d.cpu_hours) as cpu_hours,
       sum(d.gpu_hours) as gpu_hours, sum(d.storage_gb) as storage_gb,
       sum(d.feature_store_api_calls) as feature_store_api_calls,
       sum(d.model_inference_calls) as model_inference_calls
from console.usage_daily d
where d.date between $1 and $2
group by d.date
order by d.date
