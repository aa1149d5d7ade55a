-- Alerts that are open, as programs tell them; and those with these numbers, open or not.
--
-- $1 numbers
select a.id, a.kind, a.subject, a.severity, a.since, a.facts, a.opened_at, a.resolved_at
from console.alerts a
where a.resolved_at is null or a.id = any ($1::bigint[])
order by a.id
