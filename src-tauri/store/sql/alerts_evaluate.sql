-- Looks what is wrong, unless somebody just did.
--
-- $1 now · $2 channels to be told · $3 what this program is set up for
select console.evaluate_alerts($1::timestamptz, $2::text[], $3::text[]) as looked
