-- The turn to read a provider back, if it is due and nobody has it.
select b.lease::text as lease, b.cursor from console.begin_read_back($1, $2::timestamptz) as b
