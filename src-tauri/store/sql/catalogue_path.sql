-- Until the transaction ends, types outside pg_catalog are named with their schema, and moments in UTC.
select
  pg_catalog.set_config('search_path', '', true) as search_path,
  pg_catalog.set_config('TimeZone', 'UTC', true) as time_zone
