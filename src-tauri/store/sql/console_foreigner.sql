-- Something in a schema `console` that our migrations never touched: then the schema is somebody else's.
select c.relname::text as name
from pg_catalog.pg_class as c
join pg_catalog.pg_namespace as n on n.oid = c.relnamespace
where
  n.nspname = 'console'
  and not exists (
    select from pg_catalog.pg_class as ours
    where ours.relnamespace = n.oid and ours.relname in ('migrations_console', 'migrations_managed')
  )
order by c.relname
limit 1
