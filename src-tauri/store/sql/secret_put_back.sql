-- Puts a secret back in plain where it stands sealed in the service's own column.
--
-- $1 cluster · $2 kind · $3 SHA-256 of what that holds · $4 the secret · $5 reason
select console.put_back_secret($1, $2, $3, $4, $5)::text as answer
