-- The service's customers with what a tenant of Auth0 would say of them, and the present moment: the stand-in
-- begins with these. Whoever was blocked, or deleted, before it started is blocked there.
select
  clock_timestamp() as now,
  u.id as subject,
  u.email,
  coalesce(u.name, '') as name,
  u.created_at,
  coalesce(u.updated_at, u.created_at) as updated_at,
  u.last_login_at as last_login,
  coalesce(u.login_count, 0)::bigint as logins,
  coalesce(host(u.registration_ip), '203.0.113.9') as ip,
  u.status = 'deleted' or exists (
    select from console.holds as h where h.user_id = u.id and h.hold = 'blocked' and h.lifted_by is null
  ) as blocked
from public.users as u
where u.id like '%|%'
order by u.created_at desc
limit 50000
