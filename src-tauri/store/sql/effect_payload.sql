-- What an effect is told to do, secrets masked.
--
-- $1 id
select console.effect_payload($1::bigint) as payload
