-- What asking Stripe for an object came to.
--
-- $1 its id · $2 lease · $3 now · $4 the object · $5 as of when · $6 why it could not be asked · $7 when it is asked again
select console.end_stripe_doubt(
  $1, $2::uuid, $3::timestamptz, $4::jsonb, $5::timestamptz, $6, $7::timestamptz
) as became
