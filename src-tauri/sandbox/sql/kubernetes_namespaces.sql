-- The projects on each cluster, as the service has them on record: a namespace each.
select a.hopsworks_cluster_id::text as cluster_id, p.namespace
from public.user_projects as p
join public.user_hopsworks_assignments as a on a.user_id = p.user_id
where p.namespace is not null and p.status = 'active'
group by 1, 2
order by 1, 2
limit 20000
