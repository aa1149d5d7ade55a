-- The time zones this server knows, by their IANA names.
select z.name
from pg_catalog.pg_timezone_names z
where (z.name = 'UTC' or z.name like '%/%')
  and z.name not like 'posix/%' and z.name not like 'right/%'
order by z.name
