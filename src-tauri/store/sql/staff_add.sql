-- Makes a login and its one-time code.
--
-- $1 login · $2 Auth0 sub · $3 name · $4 group
select a.said ->> 'code' as code, (a.said ->> 'expires_at')::timestamptz as expires_at
from (select console.add_staff($1, $2, $3, $4) as said) a
