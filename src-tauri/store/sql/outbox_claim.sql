-- Takes effects that are due, each leased for two minutes, in their order for each subject.
select
  o.id, o.lease::text as lease, o.system, o.kind, o.subject, o.cluster_id, o.payload, o.idempotency_key, o.attempts
from console.claim_outbox($1::integer, $2::timestamptz, $3::boolean, $4::text[]) as o
