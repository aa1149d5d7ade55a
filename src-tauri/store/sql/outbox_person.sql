-- What another system has to know of somebody.
select
  u.email,
  u.name,
  u.status,
  u.account_owner_id is null as is_owner,
  coalesce(owner.billing_mode, u.billing_mode) as billing_mode
from console.users as u
left join console.users as owner on owner.id = u.account_owner_id
where u.id = $1::text
