-- Puts off a comparison that was not possible.
select console.postpone_shadow($1::bigint, $2::text, $3::timestamptz)
