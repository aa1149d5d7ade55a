-- Whether a chain is whole, and still the one whose head was remembered.
select console.verify_audit($1, $2, $3)::text as answer
