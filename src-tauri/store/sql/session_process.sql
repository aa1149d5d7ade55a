-- The server process behind this session, to be told apart from others.
select pg_catalog.pg_backend_pid() as process
