-- One team as a row of the list shows it, counted from its people and invites as they are now.
--
-- $1 owner id · $2 first of the month · $3 first of the month before · $4 now
select u.id, u.name, u.email, u.status, u.company, u.billing_mode as plan, u.created_at,
       m.members, m.members_active, m.members_suspended, i.invites_pending, i.invites_expired,
       s.total_cost, s.cpu_hours, s.gpu_hours, s.storage_gb, s.feature_store_api_calls,
       s.model_inference_calls, b.total_cost as cost_before, null::bigint as matching_rows
from console.users u
cross join lateral (
  select count(*) as members,
         count(*) filter (where coalesce(p.status, 'active') = 'active') as members_active,
         count(*) filter (where p.status = 'suspended') as members_suspended
  from console.users p
  where p.account_owner_id = u.id and p.status is distinct from 'deleted'
) m
cross join lateral (
  select count(*) filter (where t.ends > $4) as invites_pending,
         count(*) filter (where t.ends <= $4) as invites_expired
  from (
    select coalesce(v.ends_at, 'infinity') as ends
    from console.team_invites v
    where v.account_owner_id = u.id and v.accepted_at is null
  ) t
) i
left join console.usage_by_account_month s on s.account_id = u.id and s.month = $2
left join console.usage_by_account_month b on b.account_id = u.id and b.month = $3
where u.id = $1
