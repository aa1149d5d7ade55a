-- Clusters by name, for menus.
select k.id, k.name, k.region from console.clusters k order by k.name
