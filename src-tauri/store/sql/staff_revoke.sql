-- Ends a member's login, groups, elevation and sessions.
--
-- $1 login · $2 reason
select (r.said ->> 'login_ended')::boolean as login_ended, r.said ->> 'sessions' as sessions
from (select console.revoke_staff($1, $2) as said) r
