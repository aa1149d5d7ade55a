-- Everybody in the team that a user owns or belongs to; the owner first, then members by name.
--
-- $1 user id · $2 first of the month · $3 today
with payer as (
  select coalesce(u.account_owner_id, u.id) as id from console.users u where u.id = $1
)
select
  m.id, m.name, m.email, m.status, m.created_at as joined_at, m.last_login_at,
  m.id = payer.id as is_owner,
  month.cost as month_cost
from payer
join console.users m on m.id = payer.id or m.account_owner_id = payer.id
cross join lateral (
  select sum(d.total_cost) as cost from console.usage_daily d
  where d.user_id = m.id and d.date between $2 and $3
) month
order by is_owner desc, m.name nulls last, m.email
