-- Feature groups somebody made, newest first; ones that are gone by now among them.
--
-- $1 user id · after: $2 time · $3 key · $4 limit
select f.key, f.name, f.version, f.created_at, f.deleted_at,
       case when $3::text is null then
         (select count(*) from (select from console.feature_groups c where c.user_id = $1 limit 10001) counted)
       end as matching_rows
from (
  select coalesce(g.id, concat(g.name, ' ', g.version)) as key,
         g.name, g.version, g.created_at, g.deleted_at
  from console.feature_groups g
  where g.user_id = $1
) f
where $3::text is null
   or (coalesce(f.created_at, '-infinity'), f.key) < (coalesce($2::timestamptz, '-infinity'), $3)
order by coalesce(f.created_at, '-infinity') desc, f.key desc
limit $4
