-- How large the tables of `public` are: rows as the planner reckons, bytes with indexes, and the mean
-- width of each column where statistics have been gathered. A partitioned table is the sum of its parts.
select
  c.relname::text as name,
  case when c.relkind in ('r', 'p', 'm') then
    (
      select case when pg_catalog.min(l.reltuples) < 0 then null else pg_catalog.sum(l.reltuples)::bigint end
      from pg_catalog.pg_class as l
      where l.relkind in ('r', 'm')
        and (l.oid = c.oid or l.oid in (select tree.relid from pg_catalog.pg_partition_tree(c.oid) as tree))
    )
  end as rows,
  case when c.relkind in ('r', 'p', 'm') then
    (
      select pg_catalog.sum(pg_catalog.pg_total_relation_size(l.oid))::bigint
      from pg_catalog.pg_class as l
      where l.relkind in ('r', 'm')
        and (l.oid = c.oid or l.oid in (select tree.relid from pg_catalog.pg_partition_tree(c.oid) as tree))
    )
  end as bytes,
  coalesce(
    (
      select pg_catalog.jsonb_object_agg(s.attname, s.avg_width)
      from pg_catalog.pg_stats as s
      where s.schemaname = 'public' and s.tablename = c.relname and not s.inherited
    ),
    '{}'
  ) as widths
from pg_catalog.pg_class as c
where c.relnamespace = (select n.oid from pg_catalog.pg_namespace as n where n.nspname = 'public')
  and c.relkind in ('r', 'p', 'v', 'm', 'f') and not c.relispartition
order by c.relname
