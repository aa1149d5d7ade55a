-- Puts an event or effect aside that waits for a person.
--
-- $1 way · $2 id · $3 reason
select true as done from console.dismiss_traffic($1, $2::bigint, $3)
