-- One page of what came in and what goes out, newest first.
--
-- $1 ilike pattern · $2 whole subject or reference · $3 ways · $4 states · $5 systems · $6 kind's ilike pattern
-- $7 subject's ilike pattern · $8 from · $9 before · attempts: $10 at least · $11 at most
-- after: $12 at · $13 id · $14 way · $15 limit; null: any
with listed as (
  select
    t.way, t.id, t.at, t.system, t.kind, t.subject, t.cluster_id, t.reference, t.livemode, t.origin, t.state, t.attempts,
    t.next_attempt_at, t.last_error, t.done_at, t.audit_id
  from console.traffic as t
  where
    ($1::text is null or t.kind ilike $1 or t.subject ilike $1 or t.last_error ilike $1 or t.subject = $2 or t.reference = $2)
    and ($3::text[] is null or t.way = any ($3))
    and ($4::text[] is null or t.state = any ($4))
    and ($5::text[] is null or t.system = any ($5))
    and ($6::text is null or t.kind ilike $6)
    and ($7::text is null or t.subject ilike $7)
    and ($8::timestamptz is null or t.at >= $8)
    and ($9::timestamptz is null or t.at < $9)
    and ($10::bigint is null or t.attempts >= $10)
    and ($11::bigint is null or t.attempts <= $11)
    and ($12::timestamptz is null or (t.at <= $12 and (t.at, t.id, t.way) < ($12, $13::bigint, $14::text)))
  order by t.at desc, t.id desc, t.way desc
  limit $15
)
select l.*, coalesce(nullif(pg_catalog.btrim(u.name), ''), u.email) as person
from listed as l
left join console.users as u on u.id = l.subject
order by l.at desc, l.id desc, l.way desc
