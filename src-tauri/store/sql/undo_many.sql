-- Takes many entries back: their numbers, reason, dry run, key of this bulk.
select console.undo_many($1, $2, $3, $4)::text as answer
