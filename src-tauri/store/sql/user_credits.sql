-- Credits of the account that pays for a user, and what it used a day lately.
--
-- $1 user id
select
  o.id, o.name, o.email, o.status, o.id <> u.id as paid_by_another,
  c.user_id is not null as has_credits,
  c.total_purchased, c.total_used, c.free_credits_granted, c.free_credits_used,
  c.last_purchase_at,
  coalesce(s.per_day, 0) as per_day
from console.users u
join console.users o on o.id = coalesce(u.account_owner_id, u.id)
left join console.user_credits c on c.user_id = o.id
left join console.credit_standing s on s.account_id = o.id
where u.id = $1
