-- The roles that Supabase's API works as, where this server has them.
select rolname::text as name
from pg_catalog.pg_roles
where rolname in ('anon', 'authenticated', 'service_role')
order by rolname
