-- Gives a leased effect up: a person must look at it.
select console.bury_outbox($1::bigint, $2::uuid, $3::text)
