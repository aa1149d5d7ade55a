-- Accounts, users and usage of the month so far, beside the same days of last month; from the rollups. No
-- row: they were never counted.
--
-- $1 first of the month · $2 today · $3 first of last month · $4 the same day of last month
select
  f.accounts::bigint as accounts, f.accounts_new::bigint as accounts_new, f.users::bigint as users,
  f.users_active::bigint as active,
  usage.cost, usage.cost_before, usage.cpu, usage.cpu_before, usage.gpu, usage.gpu_before
from console.service_figures f
cross join (
  select sum(d.total_cost) filter (where d.day >= $1) as cost,
         sum(d.total_cost) filter (where d.day < $1) as cost_before,
         sum(d.cpu_hours) filter (where d.day >= $1) as cpu,
         sum(d.cpu_hours) filter (where d.day < $1) as cpu_before,
         sum(d.gpu_hours) filter (where d.day >= $1) as gpu,
         sum(d.gpu_hours) filter (where d.day < $1) as gpu_before
  from console.usage_by_cluster_day d
  where d.day between $1 and $2 or d.day between $3 and $4
) usage
