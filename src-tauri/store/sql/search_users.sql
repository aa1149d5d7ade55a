-- The search box: users by a fragment of name or e-mail, or by any id that names them.
--
-- $1 fragment pattern, null when the text is too short for one · $2 prefix pattern · $3 the text
-- $4 how many
-- Two hundred candidates are ranked, not all: a fragment that fits everybody says nothing about whom.
select f.id, f.name, f.email, f.status, f.exact
from (
  (select u.id, u.name, u.email, u.status, true as exact
   from console.users u
   where u.id = $3 or u.email = $3 or u.email = lower($3)
      or u.stripe_customer_id = $3 or u.hopsworks_username = $3
   limit 5)
  union all
  (select u.id, u.name, u.email, u.status, false as exact
   from console.users u
   where (u.email ilike coalesce($1, $2) or u.name ilike coalesce($1, $2))
     and u.id <> $3 and u.email <> $3 and u.email <> lower($3)
     and u.stripe_customer_id is distinct from $3 and u.hopsworks_username is distinct from $3
   limit 200)
) f
order by f.exact desc,
         coalesce(f.email ilike $2 or f.name ilike $2, false) desc,
         f.name nulls last, f.email
limit $4
