-- What verifying a chain of the trail found.
--
-- $1 chain · $2 now · $3 link · $4 what is wrong with it
select true as done from console.note_trail($1, $2::timestamptz, $3::bigint, $4)
