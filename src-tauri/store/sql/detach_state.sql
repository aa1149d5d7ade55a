-- What detaching would lose, and what stands against it.
select
  (select count(*) from console.audit) as entries,
  (select count(*) from console.ledger_entries) as ledger,
  (select count(*) from console.notes) as notes,
  (select count(*) from console.outbox o where o.state = 'pending') as pending,
  (select count(*) from console.staff s where s.active) as staff,
  (select count(*) from console.sealing_of(null) as s where s.is_sealed and (not s.is_plain or s.differs)) as sealed_alone,
  -- What stands sealed in the service's own table, and stays so.
  (select count(*) from console.sealing_of(null) as s where s.there in ('ours', 'age')) as sealed_there,
  exists (select from console.effect_switches e where e.mode = 'live') as live,
  -- Views and rules of others that read what is ours. They are not ours to remove.
  array(
    select distinct other.oid::pg_catalog.regclass::text
    from pg_catalog.pg_depend d
    join pg_catalog.pg_rewrite r on r.oid = d.objid and d.classid = 'pg_catalog.pg_rewrite'::pg_catalog.regclass
    join pg_catalog.pg_class other on other.oid = r.ev_class
    join pg_catalog.pg_class ours on ours.oid = d.refobjid and d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass
    where ours.relnamespace = 'console'::pg_catalog.regnamespace
      and other.relnamespace <> 'console'::pg_catalog.regnamespace
    order by 1
  ) as dependents
