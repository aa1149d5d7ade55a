-- How long each provider has sent nothing, how long is usual at this hour, and how far it was read back.
--
-- $1 now
select
  p.provider, coalesce(s.state, 'never') as state, s.last_at, extract(epoch from s.usual)::bigint as usual_seconds,
  b.source is not null as is_read_back, b.covered_until, b.ran_at, b.failing_since, b.last_error,
  coalesce(b.filled_in, 0) as filled_in, coalesce(b.cursor ? 'waits_for', false) as waits
from unnest(array['auth0', 'stripe']) as p (provider)
left join console.silence($1::timestamptz) s on s.provider = p.provider
left join console.read_backs b on b.source = case p.provider when 'auth0' then 'auth0_users' else 'stripe_events' end
order by p.provider
