-- Projects somebody owns, and those of the team owner that are shared with them; the one seen last first.
--
-- $1 user id · after: $2 time · $3 key · $4 limit
--
-- A role names its project by the number on the owner's cluster, where members work too.
with mine as (
  select concat('own ', coalesce(p.id, p.project_id::text, p.project_name)) as key, true as owned,
         p.project_id, p.project_name, p.namespace, p.status, p.cluster_id, p.created_at, p.last_seen_at,
         null::text as owner_id, null::text as role, null::boolean as synced, null::text as sync_error,
         null::timestamptz as last_sync_at
  from console.user_projects p
  where p.user_id = $1
  union all
  select concat('role ', r.account_owner_id, ' ', r.project_id), false,
         r.project_id, coalesce(p.project_name, r.project_name), p.namespace, p.status, p.cluster_id,
         p.created_at, p.last_seen_at,
         r.account_owner_id, r.role, r.synced, r.sync_error, r.last_sync_at
  from console.project_member_roles r
  left join lateral (
    select o.project_name, o.namespace, o.status, o.cluster_id, o.created_at, o.last_seen_at
    from console.user_projects o
    where o.user_id = r.account_owner_id and o.project_id = r.project_id
    order by o.status, o.last_seen_at desc nulls last
    limit 1
  ) p on true
  where r.member_id = $1
),
page as (
  select m.* from mine m
  where $3::text is null
     or (coalesce(m.last_seen_at, '-infinity'), m.key) < (coalesce($2::timestamptz, '-infinity'), $3)
  order by coalesce(m.last_seen_at, '-infinity') desc, m.key desc
  limit $4
)
select p.key, p.owned, p.project_id, p.project_name, p.namespace, p.status,
       p.cluster_id, k.name as cluster_name, p.created_at, p.last_seen_at,
       h.project_id is not null as there, h.creator, h.files_used, h.files_quota, h.warehouse_used, h.warehouse_quota,
       h.features_used, h.features_quota, h.compute_used, h.compute_quota, h.topics_used, h.topics_quota,
       r.read_at as listed_at,
       p.role, p.synced, p.sync_error, p.last_sync_at,
       o.id as owner_id, o.name as owner_name, o.email as owner_email, o.status as owner_status,
       shared.members, shared.waiting, shared.refused, shared.refused_people, shared.refusal,
       case when $3::text is null then
         (select count(*) from (select from mine limit 10001) counted)
       end as matching_rows
from page p
left join console.clusters k on k.id = p.cluster_id
left join console.users o on o.id = p.owner_id
-- Numbers are a cluster's own: of somebody who was moved, the namespace tells whether it is the same project.
left join console.hopsworks_projects h
  on h.cluster_id = p.cluster_id and h.project_id = p.project_id and coalesce(h.namespace, replace(lower(h.name), '_', '-'))
    = coalesce(p.namespace, replace(lower(p.project_name), '_', '-'))
left join console.cluster_readings r on r.cluster_id = p.cluster_id and r.kind = 'projects'
left join lateral (
  select count(*) as members,
         count(*) filter (where r.synced = false and r.sync_error is null) as waiting,
         count(*) filter (where r.sync_error is not null) as refused,
         string_agg(coalesce(nullif(btrim(m.name), ''), m.email, r.member_id), ', ' order by r.member_id)
           filter (where r.sync_error is not null) as refused_people,
         (array_agg(r.sync_error order by r.last_sync_at desc nulls last)
            filter (where r.sync_error is not null))[1] as refusal
  from console.project_member_roles r
  left join console.users m on m.id = r.member_id
  where p.owned and r.account_owner_id = $1 and r.project_id = p.project_id
) shared on true
order by coalesce(p.last_seen_at, '-infinity') desc, p.key desc
