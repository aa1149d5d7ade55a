-- Asks the session that builds an index to stop what it is doing.
--
-- $1 its process
select pg_catalog.pg_cancel_backend($1::integer) as asked
