-- Whether this login may look what is wrong: the headless program and the owner of the schema may.
select pg_catalog.has_function_privilege(session_user, p.oid, 'execute') as may
from pg_catalog.pg_proc as p
where p.pronamespace = pg_catalog.to_regnamespace('console') and p.proname = 'evaluate_alerts'
