-- How the effects of an action in other systems stand.
select o.id, o.system, o.kind, o.subject, o.state, o.attempts, o.next_attempt_at, o.last_error, o.done_at
from console.outbox_of($1, null) as o
order by o.id
