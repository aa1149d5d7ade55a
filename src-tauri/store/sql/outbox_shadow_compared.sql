-- Keeps what the comparison of a computed effect found.
select console.compare_shadow($1::bigint, $2::jsonb)
