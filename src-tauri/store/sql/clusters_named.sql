-- Clusters by name, for menus.
select k.id, k.name from console.clusters k order by k.name
