-- What customers have left, and what they owe.
--
-- $1 today · $2 now
-- Amounts in other currencies than the service's own are counted, and not added to dollars.
select
  credits.balance as credits_balance, credits.running_out as credits_running_out,
  invoices.amount as invoices_amount, invoices.overdue as invoices_overdue,
  invoices.overdue_amount as invoices_overdue_amount, invoices.oldest_due as invoices_oldest_due
from (
  select coalesce(sum(b.balance), 0) as balance,
         count(*) filter (where b.balance <= 0
                             or b.balance < 8 * coalesce(pace.spent, 0) / 14) as running_out
  from console.user_credits c
  join console.users o on o.id = c.user_id
  left join (
    select coalesce(d.account_owner_id, d.user_id) as payer, sum(d.total_cost) as spent
    from console.usage_daily d
    where d.date >= $1::date - 14 and d.date < $1::date
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
  select coalesce(sum(i.amount) filter (where i.currency = 'usd'), 0) as amount,
         count(*) filter (where i.overdue) as overdue,
         coalesce(sum(i.amount) filter (where i.overdue and i.currency = 'usd'), 0) as overdue_amount,
         min(i.due_at) filter (where i.overdue) as oldest_due
  from (
    select o.amount, o.currency, o.due_at, coalesce(o.failed or o.due_at < $2, false) as overdue
    from console.open_invoices o
  ) i
) invoices
