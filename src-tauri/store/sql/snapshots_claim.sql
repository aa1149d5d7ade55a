-- Clusters to look at now.
--
-- $1 how many at most · $2 now
select c.cluster_id, c.lease::text as lease, c.thorough from console.claim_snapshots($1::integer, $2::timestamptz) as c
