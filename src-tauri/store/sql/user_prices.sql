-- Prices promised to the account that pays for a user: those in force first, then by their beginning.
--
-- $1 user id · $2 now · $3 limit
select p.resource_type, p.override_price, p.original_price, p.discount_percentage,
       p.valid_from, p.valid_until, p.created_by, p.reason,
       u.account_owner_id
from console.users u
join console.price_overrides p on p.user_id = coalesce(u.account_owner_id, u.id)
where u.id = $1
order by (p.valid_until is null or p.valid_until > $2) desc, p.valid_from desc nulls last, p.resource_type
limit $3
