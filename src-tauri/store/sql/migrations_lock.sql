-- One migrator or attacher at a time in this database; given back when the transaction ends, however it
-- ends. The key spells "hopsdesk".
select pg_catalog.pg_advisory_xact_lock(7525357143267308395)
