-- One entry of the audit trail with what it says.
select
  e.id, e.chain, e.seq, e.at, e.login, e.staff, e.action, e.kind, e.subject, e.label, e.reason, e.undoes, e.undone_by,
  e.run, e.erased, e.hash, e.changes::text as changes, e.cascade::text as cascade, e.warnings::text as warnings,
  pg_catalog.jsonb_typeof(e.inverse) is not distinct from 'object' as has_inverse
from console.audit_entries as e
where e.id = $1
