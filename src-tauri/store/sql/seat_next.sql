-- Where somebody would be placed now, and why.
--
-- $1 user id; null: somebody new
select console.next_seat($1::text)
