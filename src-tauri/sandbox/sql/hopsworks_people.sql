-- Who has a user on a cluster's Hopsworks, as the service has it on record, with what that Hopsworks would
-- say of them. More than these are no use to anybody who tries things out.
select
  a.hopsworks_cluster_id::text as cluster_id,
  a.hopsworks_user_id::bigint as number,
  u.email,
  coalesce(u.name, '') as name,
  coalesce(a.hopsworks_username, u.hopsworks_username, '') as username,
  u.id as subject,
  u.status = 'active' as active,
  case
    when u.account_owner_id is not null then 0
    when u.billing_mode in ('prepaid', 'postpaid') then 5
    else 1
  end::bigint as project_limit
from public.user_hopsworks_assignments as a
join public.users as u on u.id = a.user_id
where a.hopsworks_user_id is not null
order by a.hopsworks_cluster_id, a.hopsworks_user_id
limit 50000
