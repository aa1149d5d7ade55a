-- What wants attention beside clusters, credits and invoices: seats missing, invites unanswered,
-- registrations that could not be applied.
select coalesce(f.no_seat, 0)::bigint as no_seat, coalesce(f.invites_expired, 0)::bigint as invites_expired,
       inbox.conflicts, inbox.dead, inbox.existing_user
from (
  -- Other conflicts are alerts of their own.
  select count(*) filter (where i.state = 'conflict' and i.provider = 'auth0') as conflicts,
         count(*) filter (where i.state = 'dead') as dead,
         (array_agg(i.holder_id order by i.id) filter (where i.state = 'conflict' and i.provider = 'auth0'))[1] as existing_user
  from console.inbox_attention i
) inbox
left join console.service_figures f on true
