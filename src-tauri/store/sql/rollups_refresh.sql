-- Brings the rollups up to date, where it is due and nobody else is at it.
--
-- $1 now · $2 days of the pace · $3 days that are low · $4 days of the forecast · $5 even if not due
select r.outcome, r.changed, r.took_ms, r.due_in_ms
from console.refresh_rollups($1, $2, $3, $4, $5) r
