-- The samples are back: notes who they are, and mends what pointed from outside to a sample that another
-- seed or size did not bring back.

truncate hopsdesk_sandbox.sample_users;
insert into hopsdesk_sandbox.sample_users (id)
select u.id
from public.users as u
where not exists (select from outside as o where o.id = u.id);

update public.users as u
set account_owner_id = null
where
  u.account_owner_id is not null
  and not exists (select from public.users as owner where owner.id = u.account_owner_id);

update public.usage_daily as d
set account_owner_id = d.user_id
from outside as o
where
  o.id = d.user_id
  and not exists (select from public.users as owner where owner.id = d.account_owner_id);

update public.team_invites as i
set accepted_by_user_id = null
from outside as o
where
  o.id = i.account_owner_id
  and i.accepted_by_user_id is not null
  and not exists (select from public.users as u where u.id = i.accepted_by_user_id);

delete from public.project_member_roles as r
where not exists (select from public.users as u where u.id = r.member_id);

-- Seats of those from outside are counted on top of the samples'.
update public.hopsworks_clusters as c
set current_users = c.current_users + seats.taken
from (
  select a.hopsworks_cluster_id, count(*)::integer as taken
  from public.user_hopsworks_assignments as a
  join outside as o on o.id = a.user_id
  group by a.hopsworks_cluster_id
) as seats
where seats.hopsworks_cluster_id = c.id;
