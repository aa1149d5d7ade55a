-- What a customer sees, through their own row level security; on record.
--
-- $1 user id · $2 reason
select console.view_as($1, $2)::text as answer
