-- One page of the teams: which owners (filter, sort, keyset), then what each row shows.
--
-- $1 ilike pattern · $2 exact id · $3 concern · $4 sort · $5 descending
-- after: $6 key is null · $7 number key · $8 text key · $9 time key · $10 id
-- $11 limit · $12 first of the month · $13 first of the month before
-- owner: $14 statuses · $15 plans ('none' for not chosen); members: $16 at least · $17 at most
-- month's cost: $18 over · $19 under; owner registered: $20 from · $21 before
--
-- A team is an owner with members, or with invites that are open or expired. The id breaks ties upwards in
-- both directions; teams without a value come last, by id. Each branch is a copy of `matching`, planned
-- only where its condition outside the limit holds.
with matching as not materialized (
  select u.id, u.name, t.created_at, t.members::numeric as members
  from console.team_standing t
  join console.users u on u.id = t.account_id
  where ($1::text is null or u.email ilike $1 or u.name ilike $1 or u.company ilike $1 or u.id = $2)
    and ($3::text is distinct from 'suspended_members' or t.members_suspended > 0)
    and ($3::text is distinct from 'pending_invites' or t.invites_pending > 0)
    and ($3::text is distinct from 'expired_invites' or t.invites_expired > 0)
    and ($3::text is distinct from 'owner_out'
          or (t.members_active > 0 and coalesce(u.status, 'active') in ('suspended', 'deleted')))
    and ($14::text[] is null or u.status = any ($14) or ('active' = any ($14) and u.status is null)
          or ('other' = any ($14) and u.status not in ('active', 'suspended', 'deleted')))
    and ($15::text[] is null
         or case when u.billing_mode in ('prepaid', 'postpaid', 'free') then u.billing_mode
              when u.billing_mode is null then 'none' else 'other' end = any ($15))
    and ($16::bigint is null or t.members >= $16)
    and ($17::bigint is null or t.members <= $17)
    and (($18::numrange is null and $19::numrange is null) or exists (
          select from console.usage_by_account_month c
          where c.account_id = t.account_id and c.month = $12
            and ($18 is null or c.total_cost <@ $18) and ($19 is null or c.total_cost <@ $19)))
    and ($20::timestamptz is null or t.created_at >= $20)
    and ($21::timestamptz is null or t.created_at < $21)
),
costly as not materialized (
  select m.id, s.total_cost as cost
  from matching m
  join console.usage_by_account_month s on s.account_id = m.id and s.month = $12
  where s.total_cost is not null
),
page as (
  select * from (
    select id, row_number() over (order by cost desc, id) as position from costly
    where $7::numeric is null or (cost <= $7 and (cost < $7 or id > $10))
    order by cost desc, id limit $11
  ) cost_down where $4 = 'cost' and $5 and not $6
  union all
  select * from (
    select id, row_number() over (order by cost, id) as position from costly
    where $7::numeric is null or (cost, id) > ($7, $10)
    order by cost, id limit $11
  ) cost_up where $4 = 'cost' and not $5 and not $6
  union all
  select * from (
    select id, row_number() over (order by members desc, id) as position from matching
    where $7::numeric is null or (members <= $7 and (members < $7 or id > $10))
    order by members desc, id limit $11
  ) members_down where $4 = 'members' and $5
  union all
  select * from (
    select id, row_number() over (order by members, id) as position from matching
    where $7::numeric is null or (members, id) > ($7, $10)
    order by members, id limit $11
  ) members_up where $4 = 'members' and not $5
  union all
  select * from (
    select id, row_number() over (order by name desc, id) as position from matching
    where name is not null and ($8::text is null or (name <= $8 and (name < $8 or id > $10)))
    order by name desc, id limit $11
  ) name_down where $4 = 'name' and $5 and not $6
  union all
  select * from (
    select id, row_number() over (order by name, id) as position from matching
    where name is not null and ($8::text is null or (name, id) > ($8, $10))
    order by name, id limit $11
  ) name_up where $4 = 'name' and not $5 and not $6
  union all
  select * from (
    select id, row_number() over (order by created_at desc, id) as position from matching
    where created_at is not null
      and ($9::timestamptz is null or (created_at <= $9 and (created_at < $9 or id > $10)))
    order by created_at desc, id limit $11
  ) created_down where $4 = 'created' and $5 and not $6
  union all
  select * from (
    select id, row_number() over (order by created_at, id) as position from matching
    where created_at is not null and ($9::timestamptz is null or (created_at, id) > ($9, $10))
    order by created_at, id limit $11
  ) created_up where $4 = 'created' and not $5 and not $6
  union all
  select * from (
    select m.id, 1000000000000 + row_number() over (order by m.id) as position from matching m
    where case $4
            when 'cost' then not exists (
              select from console.usage_by_account_month s
              where s.account_id = m.id and s.month = $12 and s.total_cost is not null)
            when 'name' then m.name is null
            when 'created' then m.created_at is null
          end
      and (not $6 or m.id > $10)
    order by m.id limit $11
  ) without where $4 <> 'members'
)
select u.id, u.name, u.email, u.status, u.company, u.billing_mode as plan, t.created_at,
       t.members::bigint as members, t.members_active::bigint as members_active,
       t.members_suspended::bigint as members_suspended, t.invites_pending::bigint as invites_pending,
       t.invites_expired::bigint as invites_expired,
       s.total_cost, s.cpu_hours, s.gpu_hours, s.storage_gb, s.feature_store_api_calls,
       s.model_inference_calls, b.total_cost as cost_before,
       case when $10::text is null then (select count(*) from (select from matching limit 10001) counted) end
         as matching_rows
from page p
join console.users u on u.id = p.id
join console.team_standing t on t.account_id = p.id
left join console.usage_by_account_month s on s.account_id = p.id and s.month = $12
left join console.usage_by_account_month b on b.account_id = p.id and b.month = $13
order by p.position
limit $11
