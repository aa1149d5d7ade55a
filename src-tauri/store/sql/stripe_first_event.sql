-- When this receiver heard of Stripe for the first time, in that mode.
--
-- $1 of the live mode
select console.first_event('stripe', $1::boolean) as at
