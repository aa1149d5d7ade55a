-- What attach recorded of each canonical column.
select c.view_name, c.column_name, c.source, c.reason
from console.attached_columns as c
order by c.view_name, c.position
