-- Bulks of this login that did not come to their end, the oldest first.
select b.client_key as run, b.action, b.arguments::text as arguments, b.reason, b.began_at, b.subjects::text as subjects
from console.bulks_left() as b
