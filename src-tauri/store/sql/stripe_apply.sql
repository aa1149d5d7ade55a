-- Applies an event of Stripe's: keeps what is newer than what is known, then has follow what follows.
select a.answer ->> 'result' as result, a.answer -> 'outcome' as outcome
from (select console.apply_stripe($1::jsonb, $2::jsonb, $3::boolean) as answer) as a
