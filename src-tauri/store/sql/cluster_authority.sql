-- Which authority signed a cluster's certificate; no row: a public one.
--
-- $1 cluster
select a.pem, a.set_by, a.set_at
from console.cluster_authority($1) as a
