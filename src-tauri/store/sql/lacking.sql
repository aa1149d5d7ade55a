-- What the canonical views could not map on this database, as attach recorded it, and whether the view
-- has any column that it could.
select c.view_name as view, c.column_name as "column", c.reason,
       exists (select from console.attached_columns o
               where o.view_name = c.view_name and o.source is not null) as view_is_mapped
from console.attached_columns c
where c.source is null
order by c.view_name, c.position
