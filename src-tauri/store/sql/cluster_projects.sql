-- Projects on a cluster and who pays for them, the one seen last first.
--
-- $1 cluster id · after: $2 time · $3 key · $4 limit · $5 projects do not say where they are
--
-- Where projects do not say, those of the people with a seat on the cluster are taken.
with here as (
  select coalesce(p.id, concat(p.user_id, ' ', p.project_id)) as key,
         p.project_id, p.project_name, p.namespace, p.status, p.user_id, p.created_at, p.last_seen_at
  from console.user_projects p
  where case when $5::boolean then exists (
               select from console.cluster_assignments a where a.user_id = p.user_id and a.cluster_id = $1)
             else p.cluster_id = $1 end
)
select p.key, p.project_id, p.project_name, p.namespace, p.status, p.user_id, p.created_at, p.last_seen_at,
       h.project_id is not null as there, h.creator, h.files_used, h.files_quota, h.warehouse_used, h.warehouse_quota,
       h.features_used, h.features_quota, h.compute_used, h.compute_quota, h.topics_used, h.topics_quota,
       r.read_at as listed_at,
       u.id is not null as found, u.name as owner_name, u.email as owner_email, u.status as owner_status,
       case when $3::text is null then
         (select count(*) from (select from here limit 10001) counted)
       end as matching_rows
from (
  select h.* from here h
  where $3::text is null
     or (coalesce(h.last_seen_at, '-infinity'), h.key) < (coalesce($2::timestamptz, '-infinity'), $3)
  order by coalesce(h.last_seen_at, '-infinity') desc, h.key desc
  limit $4
) p
left join console.users u on u.id = p.user_id
-- Numbers are a cluster's own: of somebody who was moved, the namespace tells whether it is the same project.
left join console.hopsworks_projects h
  on h.cluster_id = $1 and h.project_id = p.project_id and coalesce(h.namespace, replace(lower(h.name), '_', '-'))
    = coalesce(p.namespace, replace(lower(p.project_name), '_', '-'))
left join console.cluster_readings r on r.cluster_id = $1 and r.kind = 'projects'
order by coalesce(p.last_seen_at, '-infinity') desc, p.key desc
