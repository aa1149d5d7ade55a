-- Accounts, users and usage of the month so far, beside the same days of last month.
--
-- $1 first of the month · $2 today · $3 first of last month · $4 the same day of last month · $5 now
select
  people.accounts, people.accounts_new, people.users, active.users as active,
  usage.cost, usage.cost_before, usage.cpu, usage.cpu_before, usage.gpu, usage.gpu_before
from (
  select count(*) filter (where u.account_owner_id is null) as accounts,
         count(*) filter (where u.account_owner_id is null and u.created_at >= $1::date) as accounts_new,
         count(*) as users
  from console.users u
  where u.status is distinct from 'deleted'
) people
cross join (
  select count(*) as users
  from console.users u
  where u.status is distinct from 'deleted'
    and (u.last_login_at >= $5::timestamptz - interval '30 days'
         or exists (select from console.usage_daily d
                    where d.user_id = u.id and d.date > $2::date - 30 and d.total_cost > 0))
) active
cross join (
  select sum(d.total_cost) filter (where d.date >= $1) as cost,
         sum(d.total_cost) filter (where d.date < $1) as cost_before,
         sum(d.cpu_hours) filter (where d.date >= $1) as cpu,
         sum(d.cpu_hours) filter (where d.date < $1) as cpu_before,
         sum(d.gpu_hours) filter (where d.date >= $1) as gpu,
         sum(d.gpu_hours) filter (where d.date < $1) as gpu_before
  from console.usage_daily d
  where d.date between $1 and $2 or d.date between $3 and $4
) usage
