-- What an event says, secrets masked.
--
-- $1 id
select console.event_payload($1::bigint) as payload
