-- One measure of one account per month.
--
-- $1 account · $2 first month · $3 last month · $4 measure
select s.month,
       case $4::text
         when 'total_cost' then s.total_cost
         when 'cpu_hours' then s.cpu_hours
         when 'gpu_hours' then s.gpu_hours
         when 'storage_gb' then s.storage_gb
         when 'feature_store_api_calls' then s.feature_store_api_calls
         when 'model_inference_calls' then s.model_inference_calls
       end as value
from console.usage_by_account_month s
where s.account_id = $1 and s.month between $2 and $3
order by s.month
