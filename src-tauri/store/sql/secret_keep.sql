-- Keeps a sealed copy in place of the one that was looked at.
--
-- $1 cluster · $2 kind · $3 sealed · $4 recipients · $5 salt · $6 digest · $7 when that one was sealed; null: there was none ·
-- $8 it is another secret, not the same sealed anew · $9 reason · $10 SHA-256 of what the service's own column holds, sealed,
-- which it was made of and takes the place of; null: it leaves that alone
select console.keep_sealed($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)::text as answer
