-- Keeps a new secret, sealed, whatever there was before.
--
-- $1 cluster · $2 kind · $3 sealed · $4 recipients · $5 salt · $6 digest · $7 reason · $8 in spite of what
select console.replace_secret($1, $2, $3, $4, $5, $6, $7, $8)::text as answer
