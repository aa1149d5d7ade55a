-- Secrets are sealed to that key from now on.
--
-- $1 public key · $2 name · $3 reason
select console.add_recipient($1, $2, $3)::text as answer
