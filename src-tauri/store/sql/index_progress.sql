-- How far the building of indexes in this database is, as Postgres itself reports it: in each phase what it
-- counts there, the transactions it waits for, the rows it sorts and writes, or the blocks it reads.
select
  p.pid,
  i.relname::text as index_name,
  p.phase,
  case
    when p.phase like 'waiting for%' then p.lockers_done
    when p.tuples_total > 0 then p.tuples_done
    else p.blocks_done
  end as done,
  case
    when p.phase like 'waiting for%' then p.lockers_total
    when p.tuples_total > 0 then p.tuples_total
    else p.blocks_total
  end as total
from pg_catalog.pg_stat_progress_create_index as p
left join pg_catalog.pg_class as i on i.oid = p.index_relid
where p.datname = pg_catalog.current_database()
