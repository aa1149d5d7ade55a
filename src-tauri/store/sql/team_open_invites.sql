-- Invites of a team that nobody took up, those that still can be first.
--
-- $1 owner id · $2 now · $3 limit
select t.id, t.email, t.project_role, t.created_at, t.ends_at as expires_at, t.accepted_at, count(*) over () as all_of_them
from console.team_invites t
where t.account_owner_id = $1 and t.accepted_at is null
order by coalesce(t.ends_at, 'infinity') > $2 desc,
         t.created_at desc nulls last, t.email
limit $3
