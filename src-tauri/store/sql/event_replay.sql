-- Applies events and tries effects again, by their ids or by when they came; dry, it tells how many.
select console.replay(
  $1::bigint[], $2::bigint[], $3::timestamptz, $4::timestamptz, $5::text[], $6::text, $7::text, $8::boolean
) as answer
