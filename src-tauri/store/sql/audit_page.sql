-- The audit trail, newest first: chain, login, action, subject, fragment of label or reason, before this
-- id, how many.
select
  e.id, e.seq, e.at, e.login, e.staff, e.action, e.kind, e.subject, e.label, e.reason, e.undoes, e.undone_by, e.run,
  e.erased
from console.audit_entries as e
where
  e.chain = $1
  and ($2::text is null or e.login = $2)
  and ($3::text is null or e.action = $3)
  and ($4::text is null or e.subject = $4)
  and (
    $5::text is null
    or pg_catalog.strpos(pg_catalog.lower(e.label), pg_catalog.lower($5)) > 0
    or pg_catalog.strpos(pg_catalog.lower(e.reason), pg_catalog.lower($5)) > 0
    or e.subject = $5 or e.login = $5
  )
  and ($6::bigint is null or e.id < $6)
order by e.id desc
limit $7
