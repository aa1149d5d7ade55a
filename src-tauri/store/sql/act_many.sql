-- An action on many: action, subjects, arguments, reason, dry run, key of this bulk.
select console.act_many($1, $2::jsonb, $3::jsonb, $4, $5, $6)::text as answer
