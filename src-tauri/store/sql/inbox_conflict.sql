-- Leaves an event to a person: applying it again would change nothing.
update console.inbox
set state = 'conflict', outcome = $2, last_error = null
where id = $1 and state = 'pending'
