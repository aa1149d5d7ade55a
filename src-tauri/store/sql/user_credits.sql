-- Credits of the account that pays for a user, and what it used a day lately.
--
-- $1 user id · $2 today
select
  o.id, o.name, o.email, o.status, o.id <> u.id as paid_by_another,
  c.user_id is not null as has_credits,
  c.total_purchased, c.total_used, c.free_credits_granted, c.free_credits_used,
  c.last_purchase_at,
  pace.per_day
from console.users u
join console.users o on o.id = coalesce(u.account_owner_id, u.id)
left join console.user_credits c on c.user_id = o.id
cross join lateral (
  select coalesce(sum(s.cost), 0) / 14 as per_day
  from (
    select sum(d.total_cost) as cost from console.usage_daily d
    where d.account_owner_id = o.id and d.date >= $2::date - 14 and d.date < $2::date
    union all
    select sum(d.total_cost) from console.usage_daily d
    where d.user_id = o.id and d.account_owner_id is null
      and d.date >= $2::date - 14 and d.date < $2::date
  ) s
) pace
where u.id = $1
