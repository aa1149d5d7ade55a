-- Effects that are only computed, and have not been compared with the other system yet.
select o.id, o.system, o.kind, o.subject, o.cluster_id, o.payload, o.idempotency_key, o.attempts
from console.shadow_outbox($1::integer, $2::timestamptz) as o
