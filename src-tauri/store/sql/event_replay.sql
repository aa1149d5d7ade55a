-- Applies events again, by their ids or by when they came; dry, it counts them.
select console.replay_events(
  $1::bigint[], $2::timestamptz, $3::timestamptz, $4::text[], $5::text, $6::text, $7::boolean
) as answer
