-- Takes events that are due, oldest first. The rows stay locked until the effect is committed with them,
-- and other workers pass over what is locked.
select id, body, attempts
from console.inbox
where state = 'pending' and next_attempt_at <= $2 and provider = $1
order by next_attempt_at, id
limit $3
for update skip locked
