-- Ends what an export that nobody wants any more is asking in its own session ($1).
select pg_catalog.pg_cancel_backend($1) as asked
