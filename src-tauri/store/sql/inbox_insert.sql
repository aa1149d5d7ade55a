-- Stores an event once. A copy that arrives while the first is being committed waits for it here, so
-- "no row" means that the event is stored, not that it is about to be.
insert into console.inbox (provider, event_id, received_at, headers, body, next_attempt_at)
values ($1, $2, $3, $4, $5, $3)
on conflict (provider, event_id) do nothing
returning id
