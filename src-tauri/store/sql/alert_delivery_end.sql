-- How telling ended.
--
-- $1 message · $2 lease · $3 now · $4 why it failed · $5 when it is tried again
select console.end_alert_delivery($1::bigint, $2::uuid, $3::timestamptz, $4, $5::timestamptz) as ours
