-- Puts a secret back in plain where the sealed copy stands in the service's own column.
--
-- $1 cluster · $2 kind · $3 the secret · $4 reason
select console.put_back_secret($1, $2, $3, $4)::text as answer
