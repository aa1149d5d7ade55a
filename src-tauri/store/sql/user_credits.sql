-- Credits of the account that pays for a user, and what it used a day lately.
--
-- $1 user id
select
  p.id, o.name, o.email, o.status, p.id <> u.id as paid_by_another,
  c.user_id is not null as has_credits,
  c.total_purchased, c.total_used, c.free_credits_granted, c.free_credits_used,
  c.last_purchase_at,
  coalesce(s.per_day, 0) as per_day
from console.users u
cross join lateral (select coalesce(u.account_owner_id, u.id) as id) p
-- Whoever pays may be no longer on record.
left join console.users o on o.id = p.id
left join console.user_credits c on c.user_id = p.id
left join console.credit_standing s on s.account_id = p.id
where u.id = $1
