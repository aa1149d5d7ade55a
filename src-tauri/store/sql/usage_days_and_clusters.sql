-- Everything that was used per day and cluster: of the whole service from its daily sums, of one account from
-- its own days.
--
-- $1 first day · $2 last day · $3 cluster · $4 account
-- A null is a day that recorded nothing of the kind, which is not the same as zero.
select d.day, d.cluster_id, k.name as cluster_name,
       sum(d.total_cost) as total_cost, sum(d.cpu_hours) as cpu_hours, sum(d.gpu_hours) as gpu_hours,
       sum(d.storage_gb) as storage_gb, sum(d.feature_store_api_calls) as feature_store_api_calls,
       sum(d.model_inference_calls) as model_inference_calls
from (
  select f.day, f.cluster_id, f.total_cost, f.cpu_hours, f.gpu_hours, f.storage_gb,
         f.feature_store_api_calls, f.model_inference_calls
  from console.usage_by_cluster_day f
  where $4::text is null and f.day between $1 and $2
  union all
  select m.date, coalesce(m.hopsworks_cluster_id, ''), m.total_cost, m.cpu_hours, m.gpu_hours, m.storage_gb,
         m.feature_store_api_calls, m.model_inference_calls
  from console.usage_daily m
  where m.account_owner_id = $4 and m.date between $1 and $2
  union all
  select o.date, coalesce(o.hopsworks_cluster_id, ''), o.total_cost, o.cpu_hours, o.gpu_hours, o.storage_gb,
         o.feature_store_api_calls, o.model_inference_calls
  from console.usage_daily o
  where o.user_id = $4 and o.account_owner_id is null and o.date between $1 and $2
) d
left join console.clusters k on k.id = d.cluster_id
where $3::text is null or d.cluster_id = $3
group by d.day, d.cluster_id, k.name
order by d.day, d.cluster_id
