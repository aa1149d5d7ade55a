-- Which server this is: the identifier of its data, and since when it runs.
select
  (select c.system_identifier from pg_catalog.pg_control_system() c) as identifier,
  pg_catalog.pg_postmaster_start_time() as started
