-- Whether this server knows a time zone by that IANA name. `at time zone` takes more than that: a
-- misspelt name may read as an offset of its own.
--
-- $1 name
select exists (
  select from pg_catalog.pg_timezone_names z
  where z.name = $1 and (z.name = 'UTC' or z.name like '%/%')
    and z.name not like 'posix/%' and z.name not like 'right/%'
) as known
