-- Puts an event off after a failure. Another worker may have taken the row since the failed transaction
-- gave it back; then its count of attempts has moved, and this failure no longer matters.
update console.inbox
set attempts = attempts + 1, next_attempt_at = $3, last_error = $4
where id = $1 and attempts = $2 and state = 'pending'
