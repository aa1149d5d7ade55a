-- The clusters of the samples, told by the form of their ids.
select c.id::text as id
from public.hopsworks_clusters as c
where c.id::text like '5a4db0c5-0000-4000-8000-%'
order by c.id
