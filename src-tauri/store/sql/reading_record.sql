-- Keeps what was read of a cluster beside its snapshot, or why it was not; false: the turn has gone to another program.
--
-- $1 cluster · $2 lease · $3 now · $4 users, projects or costs · $5 what is said of the whole · $6 rows (null: not known)
select console.record_reading($1::text, $2::uuid, $3::timestamptz, $4::text, $5::jsonb, $6::jsonb) as ours
