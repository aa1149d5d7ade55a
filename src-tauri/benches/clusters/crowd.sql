-- As many people as asked for ({seats}) on one cluster, nine of ten of whom its Hopsworks knows, and three of four of whom worked
-- there in the last two days: everybody else is a finding.
with large as (select c.id from public.hopsworks_clusters as c order by c.name limit 1),
people as (
  insert into public.users (id, email, name, status, created_at)
  select 'auth0|crowd-' || n, 'crowd' || n || '@crowd.example', 'Crowd ' || n, 'active', now() - interval '1 year'
  from generate_series(1, {seats}) as n
)
insert into public.user_hopsworks_assignments (user_id, hopsworks_cluster_id, assigned_at, hopsworks_username, hopsworks_user_id)
select 'auth0|crowd-' || n, (select id from large), now() - n * interval '1 minute', 'crowd' || n, 100000 + n
from generate_series(1, {seats}) as n;

with large as (select c.id from public.hopsworks_clusters as c order by c.name limit 1)
insert into public.usage_daily (user_id, account_owner_id, date, hopsworks_cluster_id, total_cost)
select 'auth0|crowd-' || n, 'auth0|crowd-' || n, current_date - d, (select id from large), 1.25
from generate_series(1, {seats} * 3 / 4) as n, generate_series(0, 1) as d;

with large as (select c.id::text as id from public.hopsworks_clusters as c order by c.name limit 1),
there as (
  insert into console.hopsworks_users (cluster_id, number, email, username, status, of_service)
  select (select id from large), 100000 + n, 'crowd' || n || '@crowd.example', 'crowd' || n, 2, false
  from generate_series(1, {seats} * 9 / 10) as n
  on conflict do nothing
)
insert into console.cluster_readings (cluster_id, kind, tried_at, read_at, unread)
select l.id, 'users', now(), now(), 0 from large as l
on conflict (cluster_id, kind) do update set tried_at = now(), read_at = now(), code = null, failure = null, unread = 0;

select console.note_findings(c.id::text, now(), '{users}') from public.hopsworks_clusters as c order by c.name limit 1;
analyze public.users, public.user_hopsworks_assignments, public.usage_daily, console.hopsworks_users, console.cluster_findings;
