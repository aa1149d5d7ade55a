-- Gives a leased effect back, to be tried again.
select console.retry_outbox($1::bigint, $2::uuid, $3::text, $4::timestamptz)
