-- Invites of the team that a user owns or belongs to, newest first.
--
-- $1 user id · $2 limit
select t.id, t.email, t.project_role, t.created_at, t.expires_at, t.accepted_at
from console.users u
join console.team_invites t on t.account_owner_id = coalesce(u.account_owner_id, u.id)
where u.id = $1
order by t.created_at desc nulls last, t.email
limit $2
