-- The search box: users by a fragment of name or e-mail, or by any id that names them.
--
-- $1 fragment pattern, null when the text is too short for one · $2 prefix pattern · $3 the text
-- $4 how many
-- Two hundred candidates are ranked, not all: a fragment that fits everybody says nothing about whom.
-- Short texts are looked up as beginnings, name and e-mail each by its own index and each with a limit of
-- its own: two letters begin a tenth of all names, and only an ordered index stops after a hundred.
select f.id, f.name, f.email, f.status, bool_or(f.exact) as exact
from (
  (select u.id, u.name, u.email, u.status, true as exact
   from console.users u
   where u.id = $3 or u.email = $3 or u.email = lower($3)
      or u.stripe_customer_id = $3 or u.hopsworks_username = $3
   limit 5)
  union all
  (select u.id, u.name, u.email, u.status, false as exact
   from console.users u
   where $1::text is not null and (u.email ilike $1 or u.name ilike $1)
   limit 200)
  union all
  (select u.id, u.name, u.email, u.status, false as exact
   from console.users u
   where $1::text is null and lower(u.email) like lower($2)
   limit 100)
  union all
  (select u.id, u.name, u.email, u.status, false as exact
   from console.users u
   where $1::text is null and lower(u.name) like lower($2)
   limit 100)
) f
group by f.id, f.name, f.email, f.status
order by exact desc,
         coalesce(f.email ilike $2 or f.name ilike $2, false) desc,
         f.name nulls last, f.email
limit $4
