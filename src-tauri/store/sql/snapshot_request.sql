-- Has a cluster looked at as soon as a program is free; watched, or why nobody looks: inactive, missing, nobody.
--
-- $1 cluster
select console.request_snapshot($1::text) as watch
