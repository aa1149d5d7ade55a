-- Marks a leased effect as done.
select console.finish_outbox($1::bigint, $2::uuid, $3::jsonb)
