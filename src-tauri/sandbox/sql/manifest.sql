-- What this database holds of the sandbox. Never readable by the service's roles: only the sandbox's
-- superuser owns the schema.
select name, value from hopsdesk_sandbox.manifest order by name;
