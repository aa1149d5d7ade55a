-- Messages that are due, each leased for two minutes.
--
-- $1 how many at most · $2 now · $3 channels
select
  d.id as delivery, d.lease::text as lease, d.channel, d.tells, d.attempts, d.alert_id as id, d.kind, d.subject, d.severity,
  d.since, d.facts, d.opened_at, d.resolved_at
from console.claim_alert_deliveries($1::integer, $2::timestamptz, $3::text[]) as d
