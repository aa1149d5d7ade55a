-- What a team used in one month and cost in the month before, from the sums of its account.
--
-- $1 owner id · $2 first of the month · $3 first of the month before
select n.total_cost, n.cpu_hours, n.gpu_hours, n.storage_gb, n.feature_store_api_calls,
       n.model_inference_calls, b.total_cost as cost_before
from (select $1::text as id) o
left join console.usage_by_account_month n on n.account_id = o.id and n.month = $2
left join console.usage_by_account_month b on b.account_id = o.id and b.month = $3
