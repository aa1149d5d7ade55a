-- Takes events that are due, oldest first. The rows stay locked until the effect is committed with them,
-- other workers pass over what is locked, and no two have events of one subject.
select c.id, c.provider, c.event_id, c.kind, c.subject, c.livemode, c.received_at, c.body, c.attempts
from console.claim_events($1::text[], $2::timestamptz, $3::integer) as c
