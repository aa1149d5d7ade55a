-- Keeps what was seen of a cluster; false: the turn has gone to another program.
--
-- $1 cluster · $2 lease · $3 now · $4 when to look again · $5 the sums · $6 nodes · $7 namespaces (null: not known)
select console.record_snapshot($1::text, $2::uuid, $3::timestamptz, $4::timestamptz, $5::jsonb, $6::jsonb, $7::jsonb) as ours
