-- Marks claimed events as done or as conflicts, in the transaction that applied them.
select console.end_events($1::bigint[], $2::text[], $3::jsonb[], $4::timestamptz) as ended
