-- Usage per day of one person, or of the whole team of an owner.
--
-- $1 user id · $2 first day · $3 last day · $4 the whole team
-- A null is a day that recorded nothing of the kind, which is not the same as zero.
select d.date, sum(d.total_cost) as total_cost, sum(d.cpu_hours) as cpu_hours,
       sum(d.gpu_hours) as gpu_hours, sum(d.storage_gb) as storage_gb,
       sum(d.feature_store_api_calls) as feature_store_api_calls,
       sum(d.model_inference_calls) as model_inference_calls
from (
  select d.date, d.total_cost, d.cpu_hours, d.gpu_hours, d.storage_gb,
         d.feature_store_api_calls, d.model_inference_calls
  from console.usage_daily d
  where not $4 and d.user_id = $1 and d.date between $2 and $3
  union all
  select d.date, d.total_cost, d.cpu_hours, d.gpu_hours, d.storage_gb,
         d.feature_store_api_calls, d.model_inference_calls
  from console.usage_daily d
  where $4 and d.account_owner_id = $1 and d.date between $2 and $3
  union all
  select d.date, d.total_cost, d.cpu_hours, d.gpu_hours, d.storage_gb,
         d.feature_store_api_calls, d.model_inference_calls
  from console.usage_daily d
  where $4 and d.user_id = $1 and d.account_owner_id is null and d.date between $2 and $3
) d
group by d.date
order by d.date
