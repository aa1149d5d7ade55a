-- The indexes of `public`, key by key, to compare with those that our statements need. With an empty
-- search_path, so that whatever is outside pg_catalog is named with its schema.
select
  t.relname::text as table_name,
  i.relname::text as name,
  m.amname::text as method,
  x.indisvalid as valid,
  pg_catalog.pg_get_expr(x.indpred, x.indrelid, true) as predicate,
  pg_catalog.pg_relation_size(i.oid) as bytes,
  (
    select pg_catalog.jsonb_agg(
      pg_catalog.jsonb_build_object(
        'sql', pg_catalog.pg_get_indexdef(i.oid, k.place::integer, true),
        'backward', (o.option::integer & 1) = 1,
        'nulls_first', (o.option::integer & 2) = 2,
        'operators', p.opcname
      )
      order by k.place
    )
    from pg_catalog.unnest(x.indkey::smallint[]) with ordinality as k (attnum, place)
    join pg_catalog.unnest(x.indoption::smallint[]) with ordinality as o (option, place) on o.place = k.place
    join pg_catalog.unnest(x.indclass::oid[]) with ordinality as c (oid, place) on c.place = k.place
    join pg_catalog.pg_opclass as p on p.oid = c.oid
    where k.place <= x.indnkeyatts
  ) as keys
from pg_catalog.pg_index as x
join pg_catalog.pg_class as i on i.oid = x.indexrelid
join pg_catalog.pg_class as t on t.oid = x.indrelid
join pg_catalog.pg_am as m on m.oid = i.relam
where t.relnamespace = (select n.oid from pg_catalog.pg_namespace as n where n.nspname = 'public')
order by t.relname, i.relname
