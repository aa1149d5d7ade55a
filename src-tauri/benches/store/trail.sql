-- A thousand entries as a suspension writes them, in one transaction, chained by the console's own trigger.
with fresh as materialized (
  select
    nextval(pg_get_serial_sequence('console.audit', 'id')) as id,
    uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()) as salt,
    'auth0|bench-' || n as subject,
    jsonb_build_object(
      'label', 'Customer ' || n, 'staff', 'Ingrid Solberg', 'reason', 'measuring, ticket ' || n, 'arguments', '{}'::jsonb,
      'changes', jsonb_build_array(jsonb_build_object(
        'table', 'users', 'id', 'auth0|bench-' || n, 'label', 'Customer ' || n, 'column', 'status', 'before', 'active', 'after', 'suspended'
      )),
      'cascade', '[]'::jsonb, 'warnings', '[]'::jsonb, 'inverse',
      jsonb_build_object('action', 'reactivate_account', 'subject', 'auth0|bench-' || n, 'arguments', '{}'::jsonb)
    ) as data
  from generate_series(1, 1000) as n
),
entries as (
  insert into console.audit (id, chain, action, kind, subject, data_digest) overriding system value
  select f.id, 'staff', 'suspend_account', 'account', f.subject, sha256(f.salt || convert_to(f.data::text, 'UTF8')) from fresh as f
)
insert into console.audit_data (audit_id, salt, data) select f.id, f.salt, f.data from fresh as f
