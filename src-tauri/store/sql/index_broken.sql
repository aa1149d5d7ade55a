-- Whether an index of that name is there and was never finished.
--
-- $1 name
select exists (
  select
  from pg_catalog.pg_index as x
  join pg_catalog.pg_class as i on i.oid = x.indexrelid
  where i.relname = $1 and not x.indisvalid
    and i.relnamespace = (select n.oid from pg_catalog.pg_namespace as n where n.nspname = 'public')
) as broken
