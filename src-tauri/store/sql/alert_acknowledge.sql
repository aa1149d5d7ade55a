-- Somebody sees to an alert.
--
-- $1 its number · $2 a note
select true as done from console.acknowledge_alert($1::bigint, $2)
