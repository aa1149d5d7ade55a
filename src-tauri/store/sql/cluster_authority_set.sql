-- Sets the authority of a cluster's certificate: cluster, certificate (null: a public one from now on), reason.
select console.set_cluster_authority($1, $2, $3)::text as answer
