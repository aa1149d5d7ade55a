-- Secrets are not sealed to that key any more.
--
-- $1 public key or name · $2 reason
select console.remove_recipient($1, $2)::text as answer
