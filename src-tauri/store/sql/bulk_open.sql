-- Keeps what a bulk is about to do: its key, action, subjects, arguments, reason.
select console.open_bulk($1, $2, $3, $4::jsonb, $5)
