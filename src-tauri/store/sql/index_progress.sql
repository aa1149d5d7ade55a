-- How far the building of indexes in this database is, as Postgres itself reports it.
select
  p.pid,
  i.relname::text as index_name,
  p.phase,
  p.lockers_total, p.lockers_done,
  p.blocks_total, p.blocks_done,
  p.tuples_total, p.tuples_done
from pg_catalog.pg_stat_progress_create_index as p
left join pg_catalog.pg_class as i on i.oid = p.index_relid
where p.datname = pg_catalog.current_database()
