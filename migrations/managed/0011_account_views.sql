-- The three views dashboards read teams and accounts through. They run with the rights of whoever
-- asks, so the tables' policies decide: an owner sees the whole account, a member only their own part
-- of it.

create view public.team_members with (security_invoker = on) as
select
  m.id as member_id,
  m.email as member_email,
  m.name as member_name,
  coalesce(i.accepted_at, m.created_at) as joined_at,
  coalesce(a.hopsworks_username, m.hopsworks_username) as hopsworks_username,
  m.last_login_at,
  m.account_owner_id as owner_id,
  o.email as owner_email,
  o.name as owner_name
from public.users as m
-- Left, though every member has an owner: a member may not read the owner's row, and is a member still.
left join public.users as o on o.id = m.account_owner_id
left join public.user_hopsworks_assignments as a on a.user_id = m.id
left join lateral (
  select max(ti.accepted_at) as accepted_at
  from public.team_invites as ti
  where ti.accepted_by_user_id = m.id and ti.account_owner_id = m.account_owner_id
) as i on true
where m.account_owner_id is not null;

comment on view public.team_members is 'Members of teams with their owners; deleted members included.';
comment on column public.team_members.joined_at is 'When the invitation was accepted; for members without one, when they registered.';
comment on column public.team_members.owner_email is 'Null to a member who asks: the owner''s row is the owner''s.';

create view public.account_usage with (security_invoker = on) as
select
  d.account_owner_id,
  d.date,
  sum(d.cpu_hours) as cpu_hours,
  sum(d.gpu_hours) as gpu_hours,
  sum(d.memory_gb_hours) as memory_gb_hours,
  sum(d.instance_hours) as instance_hours,
  sum(d.storage_gb) as storage_gb,
  sum(d.online_storage_gb) as online_storage_gb,
  sum(d.offline_storage_gb) as offline_storage_gb,
  sum(d.network_egress_gb) as network_egress_gb,
  sum(d.feature_store_api_calls) as feature_store_api_calls,
  sum(d.model_inference_calls) as model_inference_calls,
  sum(d.credits_deducted) as credits_deducted,
  sum(d.total_cost) as total_cost
from public.usage_daily as d
group by d.account_owner_id, d.date;

comment on view public.account_usage is 'Use and cost per account and UTC day, summed over the team.';
comment on column public.account_usage.storage_gb is 'GB kept that day by the whole team; sums over people, not over days.';
comment on column public.account_usage.total_cost is 'USD at full precision.';

-- Two shapes of this view are in use: one row per account and date, with the people in it, and one
-- row per account over all time. This is the first. It answers "who caused the peak on the 14th", a
-- filter on date reaches the index on (account_owner_id, date), and the second shape is one `group by`
-- away; from totals over all time nothing can be got back, and each look reads every day there is.
-- Money inside the JSON is text: JSON readers turn numbers into floats.
create view public.account_usage_summary with (security_invoker = on) as
select
  d.account_owner_id,
  o.email as owner_email,
  o.name as owner_name,
  d.date,
  count(*) filter (
    where d.total_cost > 0 or d.cpu_hours > 0 or d.gpu_hours > 0 or d.storage_gb > 0
  ) as active_users,
  sum(d.cpu_hours) as cpu_hours,
  sum(d.gpu_hours) as gpu_hours,
  sum(d.storage_gb) as storage_gb,
  sum(d.total_cost) as total_cost,
  jsonb_object_agg(
    d.user_id,
    jsonb_build_object(
      'cpu_hours', d.cpu_hours::text,
      'gpu_hours', d.gpu_hours::text,
      'storage_gb', d.storage_gb::text,
      'total_cost', d.total_cost::text
    )
  ) as usage_by_user
from public.usage_daily as d
left join public.users as o on o.id = d.account_owner_id
group by d.account_owner_id, o.email, o.name, d.date;

comment on view public.account_usage_summary is 'Per account and UTC day: totals, how many people used anything, and who used what.';
comment on column public.account_usage_summary.active_users is 'People with any use or cost that day.';
comment on column public.account_usage_summary.usage_by_user is
  'Object of user id to cpu_hours, gpu_hours, storage_gb and total_cost (USD), as decimal strings.';

revoke all on public.team_members, public.account_usage, public.account_usage_summary
from public, anon, authenticated, service_role;
grant select on public.team_members, public.account_usage, public.account_usage_summary
to authenticated, service_role;
