-- One page of the Credits list: accounts with credits, by what is left and how long it lasts.
--
-- $1 ilike pattern · $2 exact id · $3 low only · $4 negative only · $5 prepaid only
-- $6 sort: runs_out|balance|name|last_purchase · $7 descending
-- after: $8 key is null · $9 number key · $10 date key · $11 text key · $12 time key · $13 id
-- $14 limit; null for all
-- $15 nothing left · $16 statuses · $17 plans ('none' for not chosen)
-- left: $18 over · $19 under; paid: $20 over · $21 under; free: $22 over · $23 under
-- runs out: $24 from · $25 before · $26 never; bought last: $27 from · $28 before · $29 never
--
-- By when they run out there are three stages: who has nothing left (by balance), who runs out on a day,
-- who does not. The kind of the key says at which stage the page before ended. Branches as in users_page.
with matching as not materialized (
  select
    s.account_id as id, s.billing_mode, s.paid_left, s.free_left, s.balance, s.spent_14_days, s.per_day,
    s.runs_out_on, s.low, s.last_purchase_at, u.name, u.email, u.company, u.status
  from console.credit_standing s
  left join console.users u on u.id = s.account_id
  where ($1::text is null or u.email ilike $1 or u.name ilike $1 or u.company ilike $1 or s.account_id = $2)
    and (not $3 or s.low)
    and (not $4 or s.balance < 0)
    and (not $5 or s.billing_mode = 'prepaid')
    and (not $15 or s.balance <= 0)
    and ($16::text[] is null or u.status = any ($16) or ('active' = any ($16) and u.status is null)
          or ('other' = any ($16) and u.status not in ('active', 'suspended', 'deleted')))
    and ($17::text[] is null
         or case when s.billing_mode in ('prepaid', 'postpaid', 'free') then s.billing_mode
              when s.billing_mode is null then 'none' else 'other' end = any ($17))
    and ($18::numrange is null
         or case when lower_inc($18) then s.balance >= lower($18) else s.balance > lower($18) end)
    and ($19::numrange is null
         or case when upper_inc($19) then s.balance <= upper($19) else s.balance < upper($19) end)
    and ($20::numrange is null
         or case when lower_inc($20) then s.paid_left >= lower($20) else s.paid_left > lower($20) end)
    and ($21::numrange is null
         or case when upper_inc($21) then s.paid_left <= upper($21) else s.paid_left < upper($21) end)
    and ($22::numrange is null
         or case when lower_inc($22) then s.free_left >= lower($22) else s.free_left > lower($22) end)
    and ($23::numrange is null
         or case when upper_inc($23) then s.free_left <= upper($23) else s.free_left < upper($23) end)
    and ($24::date is null or (s.balance > 0 and s.runs_out_on >= $24))
    and ($25::date is null or (s.balance > 0 and s.runs_out_on < $25))
    and (not $26 or (s.balance > 0 and s.runs_out_on is null))
    and ($27::timestamptz is null or s.last_purchase_at >= $27)
    and ($28::timestamptz is null or s.last_purchase_at < $28)
    and (not $29 or s.last_purchase_at is null)
),
page as (
  select * from (
    select *, row_number() over (order by balance, id) as position from matching
    where balance <= 0 and ($9::numeric is null or (balance, id) > ($9::numeric, $13))
    order by balance, id limit $14
  ) out_up where $6 = 'runs_out' and not $7 and not $8 and $10::date is null
  union all
  select * from (
    select *, 1000000000000 + row_number() over (order by runs_out_on, id) as position from matching
    where balance > 0 and runs_out_on is not null and ($10::date is null or (runs_out_on, id) > ($10::date, $13))
    order by runs_out_on, id limit $14
  ) date_up where $6 = 'runs_out' and not $7 and not $8
  union all
  select * from (
    select *, row_number() over (order by runs_out_on desc, id desc) as position from matching
    where balance > 0 and runs_out_on is not null and ($10::date is null or (runs_out_on, id) < ($10::date, $13))
    order by runs_out_on desc, id desc limit $14
  ) date_down where $6 = 'runs_out' and $7 and not $8 and $9::numeric is null
  union all
  select * from (
    select *, 1000000000000 + row_number() over (order by balance desc, id desc) as position from matching
    where balance <= 0 and ($9::numeric is null or (balance, id) < ($9::numeric, $13))
    order by balance desc, id desc limit $14
  ) out_down where $6 = 'runs_out' and $7 and not $8
  union all
  select * from (
    select *, row_number() over (order by balance desc, id desc) as position from matching
    where ($9::numeric is null or (balance, id) < ($9::numeric, $13))
    order by balance desc, id desc limit $14
  ) balance_down where $6 = 'balance' and $7 and not $8
  union all
  select * from (
    select *, row_number() over (order by balance, id) as position from matching
    where ($9::numeric is null or (balance, id) > ($9::numeric, $13))
    order by balance, id limit $14
  ) balance_up where $6 = 'balance' and not $7 and not $8
  union all
  select * from (
    select *, row_number() over (order by name desc, id desc) as position from matching
    where name is not null and ($11::text is null or (name, id) < ($11::text, $13))
    order by name desc, id desc limit $14
  ) name_down where $6 = 'name' and $7 and not $8
  union all
  select * from (
    select *, row_number() over (order by name, id) as position from matching
    where name is not null and ($11::text is null or (name, id) > ($11::text, $13))
    order by name, id limit $14
  ) name_up where $6 = 'name' and not $7 and not $8
  union all
  select * from (
    select *, row_number() over (order by last_purchase_at desc, id desc) as position from matching
    where last_purchase_at is not null and ($12::timestamptz is null or (last_purchase_at, id) < ($12::timestamptz, $13))
    order by last_purchase_at desc, id desc limit $14
  ) last_purchase_down where $6 = 'last_purchase' and $7 and not $8
  union all
  select * from (
    select *, row_number() over (order by last_purchase_at, id) as position from matching
    where last_purchase_at is not null and ($12::timestamptz is null or (last_purchase_at, id) > ($12::timestamptz, $13))
    order by last_purchase_at, id limit $14
  ) last_purchase_up where $6 = 'last_purchase' and not $7 and not $8
  union all
  select * from (
    select *, 2000000000000 + row_number() over (order by id) as position from matching
    where case $6 when 'runs_out' then balance > 0 and runs_out_on is null
                  when 'name' then name is null
                  else last_purchase_at is null end
      and (not $8 or id > $13)
    order by id limit $14
  ) without where $6 <> 'balance'
)
select
  p.id, p.name, p.email, p.company, p.status, p.billing_mode, p.paid_left, p.free_left, p.balance,
  p.spent_14_days, p.per_day, p.runs_out_on, p.low, p.last_purchase_at,
  case when $13::text is null then (select count(*) from (select from matching limit 10001) counted) end
    as matching_rows
from page p
order by p.position
limit $14
