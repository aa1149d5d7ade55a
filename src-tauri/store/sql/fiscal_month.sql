-- The first day of the fiscal month that a moment is in.
--
-- $1 moment · $2 fiscal time zone
select date_trunc('month', $1::timestamptz at time zone $2)::date as first_day
