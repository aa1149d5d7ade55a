-- Whether a set's bookkeeping table is there yet.
select pg_catalog.to_regclass($1) is not null as found
