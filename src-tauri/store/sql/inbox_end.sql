-- Marks a claimed event as done or as a conflict, in the transaction that applied it.
select console.end_event($1::bigint, $2::text, $3::jsonb, $4::timestamptz) as ended
