-- Models somebody deployed, newest first; ones that are gone by now among them.
--
-- $1 user id · after: $2 time · $3 key · $4 limit
select d.key, d.name, d.endpoint, d.status, d.created_at, d.deleted_at,
       case when $3::text is null then
         (select count(*) from (select from console.model_deployments c where c.user_id = $1 limit 10001) counted)
       end as matching_rows
from (
  select coalesce(m.id, m.name, '') as key, m.name, m.endpoint, m.status, m.created_at, m.deleted_at
  from console.model_deployments m
  where m.user_id = $1
) d
where $3::text is null
   or (coalesce(d.created_at, '-infinity'), d.key) < (coalesce($2::timestamptz, '-infinity'), $3)
order by coalesce(d.created_at, '-infinity') desc, d.key desc
limit $4
