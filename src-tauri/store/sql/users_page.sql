-- The Users list, whatever its filter and order: which rows (filter, sort, keyset), then what each row shows.
-- For exports, which read all of it one after another; `users_listed.sql` gives the same rows a page at a time.
--
-- $1 ilike pattern · $2 exact id · $3 statuses · $4 plans ('none' for not chosen) · $5 owner|member
-- $6 clusters · $7 concern · $8 sort · $9 descending
-- after: $10 key is null · $11 time key · $12 text key · $13 number key · $14 id
-- $15 limit · $16 first of the month · $17 now
-- month's cost: $18 over · $19 under; last login: $20 from · $21 before · $22 never
-- registered: $23 from · $24 before · $25 owner of the team
--
-- Each sort has branches of its own, so that each can use its index. The statement is planned with its
-- arguments: what decides on a branch stands outside of its limit, where the planner sees that it is
-- false and does not plan what is inside. Each branch is a copy of `matching`, so that is kept small by
-- what is materialized: it is planned once, and run only where a filter asks for it. Users without a
-- value come last, by id.
--
-- What a row shows is asked by sub-selects of its own wherever that is one value: joined, they would have
-- the planner weigh orders of joins for longer than the whole page takes to read.
with overdue as materialized (
  select i.user_id from console.open_invoices i where i.failed or i.due_at < $17
),
unanswered as materialized (
  select t.account_owner_id
  from console.team_invites t
  where t.accepted_at is null and t.ends_at <= $17
),
matching as not materialized (
  select u.id, u.name, u.email, u.created_at, u.last_login_at
  from console.users u
  where ($1::text is null or u.email ilike $1 or u.name ilike $1 or u.id = $2)
    and ($3::text[] is null or u.status = any ($3) or ('active' = any ($3) and u.status is null)
          or ('other' = any ($3) and u.status not in ('active', 'suspended', 'deleted')))
    and ($4::text[] is null or coalesce(
          (select case when plan.word in ('prepaid', 'postpaid', 'free') then plan.word else 'other' end
           from (select case when u.account_owner_id is null then u.billing_mode
                             else (select o.billing_mode from console.users o where o.id = u.account_owner_id)
                        end) plan (word)
           where plan.word is not null),
          'none') = any ($4))
    and ($5::text is null or ($5 = 'member') = (u.account_owner_id is not null))
    and ($6::text[] is null or exists (
          select from console.cluster_assignments a where a.user_id = u.id and a.cluster_id = any ($6)))
    and ($7::text is distinct from 'no_seat'
          or exists (select from console.without_seat w where w.user_id = u.id))
    and ($7::text is distinct from 'credits_low'
          or exists (select from console.credit_standing s where s.account_id = u.id and s.low))
    and ($7::text is distinct from 'invoice_overdue' or u.id in (select user_id from overdue))
    and ($7::text is distinct from 'invite_expired'
          or u.id in (select account_owner_id from unanswered))
    and (($18::numrange is null and $19::numrange is null) or exists (
          select from console.usage_by_user_month m
          where m.user_id = u.id and m.month = $16::date and m.leads
            and ($18 is null or m.user_cost <@ $18) and ($19 is null or m.user_cost <@ $19)))
    and ($20::timestamptz is null or u.last_login_at >= $20)
    and ($21::timestamptz is null or u.last_login_at < $21)
    and (not $22::boolean or u.last_login_at is null)
    and ($23::timestamptz is null or u.created_at >= $23)
    and ($24::timestamptz is null or u.created_at < $24)
    and ($25::text is null or u.id = $25 or u.account_owner_id = $25)
),
page as (
  select * from (
    select id, row_number() over (order by created_at desc, id desc) as position from matching
    where created_at is not null and ($11::timestamptz is null or (created_at, id) < ($11, $14))
    order by created_at desc, id desc limit $15
  ) created_down where $8 = 'created' and $9 and not $10
  union all
  select * from (
    select id, row_number() over (order by created_at, id) as position from matching
    where created_at is not null and ($11::timestamptz is null or (created_at, id) > ($11, $14))
    order by created_at, id limit $15
  ) created_up where $8 = 'created' and not $9 and not $10
  union all
  select * from (
    select id, row_number() over (order by last_login_at desc, id desc) as position from matching
    where last_login_at is not null and ($11::timestamptz is null or (last_login_at, id) < ($11, $14))
    order by last_login_at desc, id desc limit $15
  ) last_login_down where $8 = 'last_login' and $9 and not $10
  union all
  select * from (
    select id, row_number() over (order by last_login_at, id) as position from matching
    where last_login_at is not null and ($11::timestamptz is null or (last_login_at, id) > ($11, $14))
    order by last_login_at, id limit $15
  ) last_login_up where $8 = 'last_login' and not $9 and not $10
  union all
  select * from (
    select id, row_number() over (order by name desc, id desc) as position from matching
    where name is not null and ($12::text is null or (name, id) < ($12, $14))
    order by name desc, id desc limit $15
  ) name_down where $8 = 'name' and $9 and not $10
  union all
  select * from (
    select id, row_number() over (order by name, id) as position from matching
    where name is not null and ($12::text is null or (name, id) > ($12, $14))
    order by name, id limit $15
  ) name_up where $8 = 'name' and not $9 and not $10
  union all
  select * from (
    select id, 1000000000000 + row_number() over (order by id) as position from matching
    where (case $8 when 'created' then created_at is null
                   when 'last_login' then last_login_at is null
                   when 'name' then name is null end)
      and (not $10 or id > $14)
    order by id limit $15
  ) without where $8 in ('created', 'last_login', 'name')
  union all
  -- An e-mail is unique, so it needs no id to break ties.
  select * from (
    select id, row_number() over (order by email desc, id desc) as position from matching
    where $12::text is null or (email, id) < ($12, $14)
    order by email desc, id desc limit $15
  ) email_down where $8 = 'email' and $9
  union all
  select * from (
    select id, row_number() over (order by email, id) as position from matching
    where $12::text is null or (email, id) > ($12, $14)
    order by email, id limit $15
  ) email_up where $8 = 'email' and not $9
  union all
  -- Costs come from the rollup, whose index has everybody in their order once.
  select * from (
    select p.user_id as id, row_number() over (order by p.user_cost desc, p.user_id desc) as position
    from console.usage_by_user_month p join matching m on m.id = p.user_id
    where p.month = $16::date and p.leads and p.user_cost is not null
      and ($13::numeric is null or (p.user_cost, p.user_id) < ($13, $14))
    order by p.user_cost desc, p.user_id desc limit $15
  ) month_cost_down where $8 = 'month_cost' and $9 and not $10
  union all
  select * from (
    select p.user_id as id, row_number() over (order by p.user_cost, p.user_id) as position
    from console.usage_by_user_month p join matching m on m.id = p.user_id
    where p.month = $16::date and p.leads and p.user_cost is not null
      and ($13::numeric is null or (p.user_cost, p.user_id) > ($13, $14))
    order by p.user_cost, p.user_id limit $15
  ) month_cost_up where $8 = 'month_cost' and not $9 and not $10
  union all
  select * from (
    select id, 1000000000000 + row_number() over (order by id) as position from matching
    where not exists (
        select from console.usage_by_user_month p
        where p.user_id = matching.id and p.month = $16::date and p.leads and p.user_cost is not null)
      and (not $10 or id > $14)
    order by id limit $15
  ) without_cost where $8 = 'month_cost'
)
select
  u.id, u.name, u.email, u.status, u.account_owner_id,
  case when u.account_owner_id is null then u.billing_mode else o.billing_mode end as plan,
  u.created_at, u.last_login_at,
  o.name as owner_name, o.email as owner_email, o.status as owner_status,
  coalesce(o.company, case when o.id is null then u.company end) as company,
  (select count(*) from console.users m
   where m.account_owner_id = coalesce(u.account_owner_id, u.id) and m.status is distinct from 'deleted')
    as members,
  seat.cluster_id, k.name as cluster_name, k.status as cluster_status, seat.hopsworks_username,
  coalesce(seat.hopsworks_username, u.hopsworks_username) is not null as has_hopsworks_user,
  -- By the rollup's key: with `leads` as a condition, the planner may read its order by cost instead.
  (select max(p.user_cost) filter (where p.leads) from console.usage_by_user_month p
   where p.user_id = u.id and p.month = $16::date) as month_cost,
  (select i.status from console.instances i
   where i.user_id = coalesce(u.account_owner_id, u.id) and i.deleted_at is null
   limit 1) as instance_status,
  c.total_purchased, c.total_used, c.free_credits_granted, c.free_credits_used,
  c.user_id is not null as has_credits,
  (select s.per_day from console.credit_standing s
   where s.account_id = coalesce(u.account_owner_id, u.id)) as per_day,
  (select count(*) from console.open_invoices i
   where i.user_id = coalesce(u.account_owner_id, u.id) and (i.failed or i.due_at < $17)) as invoices_overdue,
  case when $14::text is null then (select count(*) from (select from matching limit 10001) counted) end
    as matching_rows
from page p
join console.users u on u.id = p.id
left join console.users o on o.id = u.account_owner_id
left join console.user_credits c on c.user_id = coalesce(u.account_owner_id, u.id)
left join lateral (
  select a.cluster_id, a.hopsworks_username
  from console.cluster_assignments a
  where a.user_id = u.id
  order by a.assigned_at desc nulls last
  limit 1
) seat on true
left join console.clusters k on k.id = seat.cluster_id
order by p.position
limit $15
