-- The audit trail, newest first.
--
-- $1 chain · $2 login · $3 action · $4 subject · $5 fragment of label or reason, or a whole id or login · $6 key of
-- a bulk · $7 from this day · $8 up to this day, UTC; null: any · $9 before this id · $10 how many
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
  and ($6::text is null or e.run = $6)
  and ($7::date is null or e.at >= $7::timestamp at time zone 'UTC')
  and ($8::date is null or e.at < ($8 + 1)::timestamp at time zone 'UTC')
  and ($9::bigint is null or e.id < $9)
order by e.id desc
limit $10
