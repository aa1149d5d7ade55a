-- What attach left here last time, and whether all of it is still there. A service's own
-- `drop … cascade` takes views of ours along.
select
  (select a.digest from console.attachment as a) as digest,
  array(
    select distinct r.view_name
    from console.attached_columns as r
    join pg_catalog.pg_class as c on c.relname = r.view_name
    where c.relnamespace = 'console'::pg_catalog.regnamespace and c.relkind = 'v'
    order by r.view_name
  ) as views,
  array(
    select p.oid::pg_catalog.regprocedure::text
    from console.attached_functions as f
    join pg_catalog.pg_proc as p on p.proname = f.function_name
    where f.generated and p.pronamespace = 'console'::pg_catalog.regnamespace
    order by 1
  ) as functions
