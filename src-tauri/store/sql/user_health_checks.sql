-- What the service's checks found wrong with one user: open findings first, then the newest.
--
-- $1 user id · after: $2 time · $3 key · $4 limit · $5 the last row shown is open
-- A check that knows somebody by their address alone is about them, too. What was found, word for word, is asked
-- for apart: not every group may read it.
with about as not materialized (
  select c.id, c.check_type, c.error_message, c.created_at, c.resolved_at, c.resolution_notes
  from console.health_check_failures c
  where c.user_id = $1
  union all
  select c.id, c.check_type, c.error_message, c.created_at, c.resolved_at, c.resolution_notes
  from console.health_check_failures c
  where c.user_id is null and lower(c.email) = (select lower(u.email) from console.users u where u.id = $1)
)
select h.key, h.check_type, h.error_message, f.details, h.created_at, h.resolved_at, h.resolution_notes,
       case when $3::text is null then
         (select count(*) from (select from about limit 10001) counted)
       end as matching_rows
from (
  select coalesce(c.id, concat(c.check_type, ' ', c.created_at)) as key,
         c.check_type, c.error_message, c.created_at, c.resolved_at, c.resolution_notes
  from about c
) h
left join console.findings_of($1) f on f.key = h.key
where $3::text is null
   or (h.resolved_at is null, coalesce(h.created_at, '-infinity'), h.key)
      < ($5::boolean, coalesce($2::timestamptz, '-infinity'), $3)
order by (h.resolved_at is null) desc, coalesce(h.created_at, '-infinity') desc, h.key desc
limit $4
