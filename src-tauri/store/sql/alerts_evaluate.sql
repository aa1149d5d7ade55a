-- Looks what is wrong, unless somebody just did.
--
-- $1 now · $2 channels to be told
select console.evaluate_alerts($1::timestamptz, $2::text[]) as looked
