-- Objects of Stripe's that are in doubt and to be asked for, each leased for two minutes.
--
-- $1 how many at most · $2 now · $3 of the live mode
select d.object_id, d.lease::text as lease, d.kind, d.why, d.attempts
from console.claim_stripe_doubts($1::integer, $2::timestamptz, $3::boolean) as d
