-- Does an action, or shows what it would do: action, subject, arguments, version seen, dry run, reason.
select console.act($1, $2, $3::jsonb, $4, $5, $6)::text as answer
