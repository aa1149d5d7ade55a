-- What Stripe sent lately, newest first: whose account a key is of shows by whether Stripe has one of these by it.
--
-- $1 of the live mode · $2 since when
select s.body from console.sent_by_stripe($1::boolean, $2::timestamptz) as s
