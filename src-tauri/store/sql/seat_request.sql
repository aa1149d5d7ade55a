-- Somebody is to have a seat: whether they are in line now.
--
-- $1 user id · $2 why: registration, sign_in, team, payment
select console.request_seat($1::text, $2::text)
