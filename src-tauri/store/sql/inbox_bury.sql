-- Gives an event up: it stays for a person to look at and to replay.
update console.inbox
set attempts = attempts + 1, state = 'dead', last_error = $3
where id = $1 and attempts = $2 and state = 'pending'
