-- Brings back one that was replaced.
--
-- $1 cluster · $2 kind · $3 when it was sealed; null: the one before what there is · $4 reason
select console.restore_secret($1, $2, $3, $4)::text as answer
