-- What the canonical views could not map on this database, as attach recorded it.
select c.view_name, c.column_name, c.reason
from console.attached_columns c
where c.source is null
order by c.view_name, c.column_name nulls first
