-- Compares one month, and mends it.
--
-- $1 now · $2 first of the month
select c.outcome, c.compared, c.differences from console.check_rollups_month($1, $2) c
