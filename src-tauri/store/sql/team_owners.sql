-- The account that somebody calls so: its owner's id or e-mail, or the company. Three tell that there are several.
--
-- $1 as typed
select u.id, u.name, u.email, u.status
from (
  select u.id from console.users u where u.id = $1 and u.account_owner_id is null
  union
  select u.id from console.users u where lower(u.email) = lower($1) and u.account_owner_id is null
  union
  (select u.id from console.users u
   where lower(u.company) = lower($1) and u.account_owner_id is null
   limit 3)
) f
join console.users u on u.id = f.id
order by u.email
limit 3
