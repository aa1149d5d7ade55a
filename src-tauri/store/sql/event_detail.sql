-- One event or effect, and whether the caller may read what it says.
--
-- $1 way · $2 id
select
  t.way, t.id, t.at, t.system, t.kind, t.subject, t.cluster_id, t.reference, t.livemode, t.origin, t.state, t.attempts,
  t.next_attempt_at, t.last_error, t.done_at, t.audit_id,
  coalesce(nullif(pg_catalog.btrim(u.name), ''), u.email) as person,
  t.outcome,
  pg_catalog.has_function_privilege(case t.way when 'in' then 'console.event_payload(bigint)' else 'console.effect_payload(bigint)' end, 'execute')
    as may_read
from console.traffic as t
left join console.users as u on u.id = t.subject
where t.way = $1 and t.id = $2::bigint
