-- A sealed secret of a cluster.
--
-- $1 cluster · $2 kind
select s.sealed from console.sealed_secrets($1::text) as s where s.kind = $2::text
