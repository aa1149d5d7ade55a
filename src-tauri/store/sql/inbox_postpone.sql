-- Puts an event off because others were in its way. That is not the event's fault, so it is not counted;
-- else as inbox_retry.sql.
update console.inbox
set next_attempt_at = $3, last_error = $4
where id = $1 and attempts = $2 and state = 'pending'
