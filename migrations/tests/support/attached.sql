-- What attach records after it made views and functions, read back from them.
insert into console.attached_columns (view_name, column_name, position, source)
select c.relname, a.attname, a.attnum, 'a column of the service'
from pg_class as c
join pg_attribute as a on a.attrelid = c.oid and a.attnum > 0
where
  c.relnamespace = 'console'::regnamespace and c.relkind = 'v' and c.relname not in ('effects', 'audit_entries', 'inbox_attention', 'events', 'traffic');

insert into console.attached_functions (function_name, generated, writes)
select p.proname, true, array(
  select distinct m.hit[1] from regexp_matches(p.prosrc, $$p_(?:set|values|add) ->>? '([a-z_]+)'$$, 'g') as m (hit)
)
from pg_proc as p
where
  p.pronamespace = 'console'::regnamespace
  and obj_description(p.oid, 'pg_proc') like 'Internal: writes the live table%';

select console.renew_grants();
