-- Gives seats to those who wait, in order; null: nothing was to be done.
--
-- $1 how many at most
select console.place_waiting($1::integer) as placed
