-- The projects on each cluster, as the service has them on record, with what that Hopsworks would say of them.
select
  p.hopsworks_cluster_id::text as cluster_id,
  p.project_id::bigint as number,
  p.project_name as name,
  u.email as creator,
  coalesce(u.hopsworks_username, '') as username,
  to_char(p.created_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS".000Z"') as created
from public.user_projects as p
join public.users as u on u.id = p.user_id
where p.status = 'active' and p.hopsworks_cluster_id is not null
order by p.hopsworks_cluster_id, p.project_id
limit 20000
