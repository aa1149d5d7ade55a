-- The search box: users, teams, clusters, projects and invoices by a fragment of what they are called.
--
-- $1 fragment pattern, null when the text is too short for one · $2 beginning, a pattern in lower case
-- $3 the text in lower case · $4 the text · $5 how many users · $6 how many of each other kind
-- $7 fragment pattern for invoices, null when the text can be no part of a number
-- $8 fragment pattern for companies and projects, null when the text can only be part of an address
--
-- Nothing here reads all that fits: every source stops after a handful of candidates, and those are ranked.
-- Beginnings come from ordered indexes, which stop early however common they are (the order is asked for in
-- the index's own way, or another index that merely looks cheap is read through). Fragments come from
-- trigrams, which collect everything that fits before the first row; so they are asked only where
-- beginnings do not fill the list, and for so few that where a fragment is common, reading the table
-- until enough fit is what the planner chooses.
with exactly as materialized (
  (select u.id from console.users u
   where u.id = $4 or u.email = $4 or u.email = $3 or u.hopsworks_username = $4
   limit 5)
  union all
  (select a.user_id from console.cluster_assignments a where a.hopsworks_username = $4 limit 5)
),
begins as materialized (
  (select u.id from console.users u where lower(u.email) like $2
   order by lower(u.email) using operator(pg_catalog.~<~) limit 30)
  union all
  (select u.id from console.users u where lower(u.name) like $2
   order by lower(u.name) using operator(pg_catalog.~<~) limit 30)
),
within as materialized (
  select u.id from console.users u
  where $1::text is not null and (select count(*) from begins) < 20
    and (u.email ilike $1 or u.name ilike $1)
  limit 40
),
companies as materialized (
  (select u.id from console.users u
   where u.account_owner_id is null and lower(u.company) like $2
   order by lower(u.company) using operator(pg_catalog.~<~) limit 20)
  union all
  (select u.id from console.users u
   where $8::text is not null and u.account_owner_id is null and u.company ilike $8 limit 20)
),
projects as materialized (
  select p.user_id, p.cluster_id, p.project_name, p.namespace, p.status,
         lower(p.namespace) = $3 or lower(p.project_name) = $3 as exact,
         lower(p.project_name) like $2 or lower(p.namespace) like $2 as begins
  from console.user_projects p
  where $8::text is not null and (p.project_name ilike $8 or p.namespace ilike $8)
  limit 40
),
numbers as materialized (
  select i.id, i.origin, i.number, i.status, i.user_id, lower(i.number) = $3 as exact
  from console.invoices i
  where i.number ilike $7
  limit 40
),
chosen as (
  (select 1 as place, row_number() over (order by c.exact desc, c.begins desc, u.name nulls last, u.email) as rank,
          'user' as kind, u.id, null::text as origin, null::text as title, null::text as state,
          null::text as namespace, u.id as user_id, null::text as cluster_id, c.exact
   from (select f.id, bool_or(f.exact) as exact, bool_or(f.begins) as begins
         from (select id, true as exact, false as begins from exactly
               union all select id, false, true from begins
               union all select id, false, false from within) f
         group by f.id) c
   join console.users u on u.id = c.id
   order by c.exact desc, c.begins desc, u.name nulls last, u.email
   limit $5)
  union all
  -- An owner with a team is found by the company, and by what finds the owner.
  (select 2, row_number() over (order by c.named desc, u.company nulls last, u.name, u.email),
          'team', u.id, null, null, null, null, u.id, null, coalesce(lower(u.company) = $3, false)
   from (select f.id, bool_or(f.named) as named
         from (select id, true as named from companies
               union all select id, false from exactly
               union all select id, false from begins
               union all select id, false from within) f
         group by f.id) c
   join console.users u on u.id = c.id
   where u.account_owner_id is null
     and exists (select from console.users m
                 where m.account_owner_id = u.id and m.status is distinct from 'deleted')
   order by c.named desc, u.company nulls last, u.name, u.email
   limit $6)
  union all
  (select 3, row_number() over (order by lower(k.name) = $3 desc, k.name), 'cluster', k.id, null, null, null,
          null, null, k.id, lower(k.name) = $3
   from console.clusters k
   where k.name ilike coalesce($1, $2) or k.region ilike coalesce($1, $2)
      or k.api_url ilike coalesce($1, 'https://' || $2)
   order by lower(k.name) = $3 desc, k.name
   limit $6)
  union all
  (select 4, row_number() over (order by p.exact desc, p.begins desc, p.project_name, p.namespace),
          'project', p.user_id, null, p.project_name, p.status, p.namespace, p.user_id, p.cluster_id, p.exact
   from projects p
   order by p.exact desc, p.begins desc, p.project_name, p.namespace
   limit $6)
  union all
  -- A charge that stands in both tables is one invoice.
  (select 5, row_number() over (order by i.exact desc, i.number desc), 'invoice', i.id, i.origin, i.number,
          i.status, null, i.user_id, null, i.exact
   from (select distinct on (n.number, n.user_id) n.* from numbers n
         order by n.number, n.user_id, n.origin desc) i
   order by i.exact desc, i.number desc
   limit $6)
)
select n.kind, n.id, n.origin, n.title, n.state, n.namespace, n.user_id, null::text as by, n.exact,
       u.name, u.email, u.status, u.company,
       case when n.kind = 'team' then (
         select count(*) from console.users m
         where m.account_owner_id = u.id and m.status is distinct from 'deleted'
       ) end as members,
       k.id as cluster_id, k.name as cluster_name, k.region, k.status as cluster_status
from chosen n
left join console.users u on u.id = n.user_id
left join console.clusters k on k.id = n.cluster_id
order by n.place, n.rank
