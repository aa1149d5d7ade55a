-- Indexes of the service's tables that no constraint stands on: those that can be dropped before a
-- great load and made again after it.
select
  format('%I.%I', n.nspname, c.relname),
  pg_get_indexdef(i.indexrelid)
from pg_catalog.pg_index as i
join pg_catalog.pg_class as c on c.oid = i.indexrelid
join pg_catalog.pg_class as t on t.oid = i.indrelid
join pg_catalog.pg_namespace as n on n.oid = t.relnamespace
where
  n.nspname = 'public'
  and t.relkind = 'r'
  and not exists (select from pg_catalog.pg_constraint as k where k.conindid = i.indexrelid)
order by t.relname, c.relname;
