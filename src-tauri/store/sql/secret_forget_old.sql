-- Forgets replaced secrets beyond so many of each, or replaced before then; how many.
--
-- $1 how many of each are kept · $2 a moment
select console.forget_old_secrets($1::integer, $2::timestamptz) as forgotten
