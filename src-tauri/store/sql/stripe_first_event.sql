-- When this receiver heard of Stripe for the first time.
select console.first_event('stripe') as at
