-- Gives the login in use a password, from a SCRAM verifier, for its one-time code.
--
-- $1 code · $2 verifier
select a.said ->> 'outcome' as outcome
from (select console.redeem_enrolment($1, $2) as said) a
