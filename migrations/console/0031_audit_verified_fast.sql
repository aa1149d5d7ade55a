-- Whoever opens the audit screen verifies the chain, a million entries of it, within half a minute. A function
-- that sets its own search path is called for every row; one that qualifies every name and sets none is
-- merged into the statement, which takes half the time. Both are internal and run as the owner alone.

create or replace function console.audit_digest(p_entry console.audit) returns bytea
language sql
stable
as $function$
  select pg_catalog.sha256(pg_catalog.convert_to(pg_catalog.jsonb_build_array(
    p_entry.chain, p_entry.id, (extract(epoch from p_entry.at) * 1000000)::bigint, p_entry.login, p_entry.action,
    p_entry.kind, p_entry.subject, p_entry.undoes, p_entry.run, pg_catalog.encode(p_entry.data_digest, 'hex')
  )::text, 'UTF8'));
$function$;

create or replace function console.audit_data_digest(p_salt bytea, p_data jsonb) returns bytea
language sql
stable
as $function$
  select pg_catalog.sha256(p_salt || pg_catalog.convert_to(p_data::text, 'UTF8'));
$function$;
