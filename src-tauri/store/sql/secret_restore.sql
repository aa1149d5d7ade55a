-- Brings back what was replaced last.
--
-- $1 cluster · $2 kind · $3 reason
select console.restore_secret($1, $2, $3)::text as answer
