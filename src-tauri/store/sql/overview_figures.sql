-- The key figures of the Overview, in one round trip.
--
-- $1 first of the month · $2 today · $3 first of last month · $4 the same day of last month · $5 now
select
  people.accounts, people.accounts_new, people.users, active.users as active,
  usage.cost, usage.cost_before, usage.cpu, usage.cpu_before, usage.gpu, usage.gpu_before,
  credits.balance as credits_balance, credits.running_out as credits_running_out,
  invoices.amount as invoices_amount, invoices.overdue as invoices_overdue,
  invoices.overdue_amount as invoices_overdue_amount, invoices.oldest_due as invoices_oldest_due
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
cross join (
  select coalesce(sum(b.balance), 0) as balance,
         count(*) filter (where b.balance <= 0
                             or b.balance < 8 * coalesce(pace.spent, 0) / 14) as running_out
  from console.user_credits c
  join console.users o on o.id = c.user_id
  left join (
    select coalesce(d.account_owner_id, d.user_id) as payer, sum(d.total_cost) as spent
    from console.usage_daily d
    where d.date >= $2::date - 14 and d.date < $2::date
    group by 1
  ) pace on pace.payer = c.user_id
  cross join lateral (
    select coalesce(c.total_purchased, 0) - coalesce(c.total_used, 0)
         + coalesce(c.free_credits_granted, 0) - coalesce(c.free_credits_used, 0) as balance
  ) b
  where o.billing_mode = 'prepaid' and o.account_owner_id is null
    and coalesce(o.status, 'active') = 'active'
) credits
cross join (
  -- An invoice and its entry in the billing history are one invoice.
  select coalesce(sum(i.amount), 0) as amount,
         count(*) filter (where i.overdue) as overdue,
         coalesce(sum(i.amount) filter (where i.overdue), 0) as overdue_amount,
         min(i.due_at) filter (where i.overdue) as oldest_due
  from (
    select distinct on (coalesce(i.number, i.id)) i.amount, i.due_at,
           i.status in ('failed', 'past_due', 'overdue') or i.due_at < $5 as overdue
    from console.invoices i
    where i.status in ('open', 'pending', 'unpaid', 'failed', 'past_due', 'overdue')
    order by coalesce(i.number, i.id), i.due_at nulls last
  ) i
) invoices
