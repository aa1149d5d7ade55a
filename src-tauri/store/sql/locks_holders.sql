-- Who is in the way of replacing our views: each other session that uses something of ours, however briefly,
-- or keeps a table of the service to itself. One row a session, the longest first. What a login may not see
-- of another's session is null.
select distinct on (a.xact_start, l.pid)
  n.nspname || '.' || c.relname as table_name,
  l.pid,
  a.usename::text as login,
  nullif(a.application_name, '') as program,
  a.xact_start as since
from pg_catalog.pg_locks l
join pg_catalog.pg_class c on c.oid = l.relation
join pg_catalog.pg_namespace n on n.oid = c.relnamespace
left join pg_catalog.pg_stat_activity a on a.pid = l.pid
where l.locktype = 'relation'
  and l.granted
  and l.database = (select d.oid from pg_catalog.pg_database d where d.datname = current_database())
  and c.relkind in ('r', 'p', 'v', 'm')
  and (n.nspname = 'console' or (n.nspname = 'public' and l.mode = 'AccessExclusiveLock'))
  and l.pid <> pg_backend_pid()
order by a.xact_start, l.pid, c.relkind = 'v' desc, c.relname
limit 3
