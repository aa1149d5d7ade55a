-- What this login may do to a subject, and why not what it may not.
select console.actions_for($1, $2)::text as answer
