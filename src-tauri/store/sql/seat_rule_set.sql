-- Says when a seat is due.
--
-- $1 registration, payment · $2 reason
select console.set_assignment_rule($1::text, $2::text)::text
