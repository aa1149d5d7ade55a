select console.undo($1, $2, $3)::text as answer
