-- What wants attention beside clusters, credits and invoices: seats missing, invites unanswered,
-- registrations that could not be applied.
--
-- $1 now
select seats.missing as no_seat, invites.expired as invites_expired,
       inbox.conflicts, inbox.dead, inbox.existing_user
from (
  select count(*) as missing
  from console.users u
  where coalesce(u.status, 'active') = 'active'
    and not exists (select from console.cluster_assignments a where a.user_id = u.id)
) seats
cross join (
  select count(*) as expired
  from console.team_invites t
  where t.accepted_at is null and t.expires_at <= $1
    and t.expires_at > $1::timestamptz - interval '30 days'
) invites
cross join (
  select count(*) filter (where i.state = 'conflict') as conflicts,
         count(*) filter (where i.state = 'dead') as dead,
         (array_agg(i.outcome ->> 'holder_id' order by i.id)
            filter (where i.state = 'conflict'))[1] as existing_user
  from console.inbox i
  where i.state in ('conflict', 'dead')
) inbox
