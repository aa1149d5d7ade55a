-- Puts the sealed copy in place of what the service's own column holds.
--
-- $1 cluster · $2 kind · $3 SHA-256 of what it holds · $4 SHA-256 of the copy that was opened · $5 nothing else reads it there · $6 reason
select console.seal_in_place($1, $2, $3, $4, $5, $6)::text as answer
