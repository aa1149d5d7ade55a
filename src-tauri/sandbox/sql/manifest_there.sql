-- Null on a server that was just set up.
select to_regclass('hopsdesk_sandbox.manifest')::text;
