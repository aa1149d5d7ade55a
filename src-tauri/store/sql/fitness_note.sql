-- What keeps stored events from being applied; null: nothing does.
--
-- $1 now · $2 what is wrong
select true as done from console.note_fitness($1::timestamptz, $2)
