-- Until the transaction ends, types outside pg_catalog are named with their schema.
select pg_catalog.set_config('search_path', '', true) as search_path
