-- Removes a sealed copy.
--
-- $1 cluster · $2 kind · $3 reason
select console.remove_secret($1, $2, $3)::text as answer
