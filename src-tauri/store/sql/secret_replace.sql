-- Keeps a new secret, sealed, whatever there was before.
--
-- $1 cluster · $2 kind · $3 sealed · $4 recipients · $5 salt · $6 digest · $7 reason
select console.replace_secret($1, $2, $3, $4, $5, $6, $7)::text as answer
