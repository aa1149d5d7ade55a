-- Marks an event as applied, in the transaction that applied it.
update console.inbox
set state = 'done', outcome = $2, done_at = $3, last_error = null
where id = $1 and state = 'pending'
