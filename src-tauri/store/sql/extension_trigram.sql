-- Whether search by fragments can be indexed here: the schema of the extension where it is installed, and
-- whether it could be; the schema that Supabase keeps extensions in, where there is one.
select
  (
    select n.nspname::text
    from pg_catalog.pg_extension as e
    join pg_catalog.pg_namespace as n on n.oid = e.extnamespace
    where e.extname = 'pg_trgm'
  ) as installed_in,
  exists (select from pg_catalog.pg_available_extensions as a where a.name = 'pg_trgm') as available,
  exists (select from pg_catalog.pg_namespace as n where n.nspname = 'extensions') as has_extensions_schema
