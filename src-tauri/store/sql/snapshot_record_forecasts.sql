-- Keeps when a cluster runs out of what.
--
-- $1 cluster · $2 now · $3 the forecasts
select console.record_forecasts($1::text, $2::timestamptz, $3::jsonb) as kept
