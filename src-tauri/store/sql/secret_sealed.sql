-- A sealed secret of a cluster, and what its digest was made of.
--
-- $1 cluster · $2 kind
select s.sealed, s.salt, s.digest from console.sealed_secrets($1::text) as s where s.kind = $2::text
