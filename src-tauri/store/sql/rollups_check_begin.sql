-- Begins to compare everything, where it is due and nobody else is at it.
--
-- $1 now · $2 even if not due
select c.outcome, c.months from console.check_rollups_begin($1, $2) c
