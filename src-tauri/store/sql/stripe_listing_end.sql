-- What a customer of Stripe's has there, as it was listed.
--
-- $1 customer · $2 lease · $3 now · $4 the objects · $5 as of when
select console.end_stripe_listing($1, $2::uuid, $3::timestamptz, $4::jsonb, $5::timestamptz) as became
