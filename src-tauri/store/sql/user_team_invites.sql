-- Invites of the team that a user owns or belongs to, newest first.
--
-- $1 user id · $2 limit · $3 only those that nobody took up
select t.id, t.email, t.project_role, t.created_at, t.ends_at as expires_at, t.accepted_at,
       count(*) over () as all_of_them
from console.users u
join console.team_invites t on t.account_owner_id = coalesce(u.account_owner_id, u.id)
where u.id = $1 and (not $3::boolean or t.accepted_at is null)
order by t.created_at desc nulls last, t.email
limit $2
