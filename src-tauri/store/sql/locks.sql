-- Tables that another session keeps to itself, so that not even a reader may look: which, who, since when.
-- What a login may not see of another's session is null.
select c.relname::text as table_name,
       a.pid,
       a.usename::text as login,
       nullif(a.application_name, '') as program,
       a.xact_start as since
from pg_catalog.pg_locks l
join pg_catalog.pg_class c on c.oid = l.relation
join pg_catalog.pg_namespace n on n.oid = c.relnamespace
left join pg_catalog.pg_stat_activity a on a.pid = l.pid
where l.locktype = 'relation'
  and l.mode = 'AccessExclusiveLock'
  and l.granted
  and l.database = (select d.oid from pg_catalog.pg_database d where d.datname = current_database())
  and c.relkind in ('r', 'p', 'v', 'm')
  and n.nspname not in ('pg_catalog', 'pg_toast')
  and l.pid <> pg_backend_pid()
order by a.xact_start, c.relname
limit 8
