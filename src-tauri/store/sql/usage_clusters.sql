-- What each cluster carried in a period, beside the period before; the dearest first, usage without a cluster
-- last.
--
-- $1 first day · $2 last day · $3 first day before · $4 last day before · $5 cluster · $6 account
select d.cluster_id, min(k.name) as cluster_name,
       sum(d.total_cost) filter (where d.is_now) as total_cost,
       sum(d.cpu_hours) filter (where d.is_now) as cpu_hours,
       sum(d.gpu_hours) filter (where d.is_now) as gpu_hours,
       sum(d.storage_gb) filter (where d.is_now) as storage_gb,
       sum(d.feature_store_api_calls) filter (where d.is_now) as feature_store_api_calls,
       sum(d.model_inference_calls) filter (where d.is_now) as model_inference_calls,
       count(distinct d.day) filter (where d.is_now) as days,
       sum(d.total_cost) filter (where not d.is_now) as cost_before
from (
  select f.day, f.cluster_id, f.day between $1 and $2 as is_now, f.total_cost, f.cpu_hours, f.gpu_hours,
         f.storage_gb, f.feature_store_api_calls, f.model_inference_calls
  from console.usage_by_cluster_day f
  where $6::text is null and (f.day between $1 and $2 or f.day between $3 and $4)
  union all
  select m.date, coalesce(m.hopsworks_cluster_id, ''), m.date between $1 and $2, m.total_cost, m.cpu_hours,
         m.gpu_hours, m.storage_gb, m.feature_store_api_calls, m.model_inference_calls
  from console.usage_daily m
  where m.account_owner_id = $6 and (m.date between $1 and $2 or m.date between $3 and $4)
  union all
  select o.date, coalesce(o.hopsworks_cluster_id, ''), o.date between $1 and $2, o.total_cost, o.cpu_hours,
         o.gpu_hours, o.storage_gb, o.feature_store_api_calls, o.model_inference_calls
  from console.usage_daily o
  where o.user_id = $6 and o.account_owner_id is null
    and (o.date between $1 and $2 or o.date between $3 and $4)
) d
left join console.clusters k on k.id = d.cluster_id
where $5::text is null or d.cluster_id = $5
group by d.cluster_id
order by (d.cluster_id = ''), total_cost desc nulls last, d.cluster_id
