-- One page of the accounts of one month, from its sums: by cost along their index.
--
-- $1 month · $2 ilike pattern · $3 exact id · $4 account · $5 sort (a measure) · $6 descending
-- after: $7 key is null · $8 key · $9 id · $10 limit
-- compared with: $11 first month · $12 last month
-- owner: $13 statuses · $14 plans ('none' for not chosen)
-- in the period: cost $15 over · $16 under; CPU hours $17 over · $18 under; GPU hours $19 over · $20 under
--
-- The id breaks ties upwards in both directions, as the index has it. Accounts without a value come last,
-- by id. Each branch is a copy of `matching`, planned only where its condition outside the limit holds.
with matching as not materialized (
  select s.account_id as id, s.total_cost,
         case $5::text
           when 'cpu_hours' then s.cpu_hours
           when 'gpu_hours' then s.gpu_hours
           when 'storage_gb' then s.storage_gb
           when 'feature_store_api_calls' then s.feature_store_api_calls
           when 'model_inference_calls' then s.model_inference_calls
         end as measure
  from console.usage_by_account_month s
  where s.month = $1
    and ($4::text is null or s.account_id = $4)
    and ($2::text is null or s.account_id = $3 or s.account_id in (
          select u.id from console.users u
          where u.name ilike $2 or u.email ilike $2 or u.company ilike $2))
    and ($13::text[] is null or exists (
          select from console.users u
          where u.id = s.account_id and (u.status = any ($13) or ('active' = any ($13) and u.status is null)
            or ('other' = any ($13) and u.status not in ('active', 'suspended', 'deleted')))
        ) or ('deleted' = any ($13) and not exists (select from console.users u where u.id = s.account_id)))
    and ($14::text[] is null or exists (
          select from console.users u
          where u.id = s.account_id
            and case when u.billing_mode in ('prepaid', 'postpaid', 'free') then u.billing_mode
                  when u.billing_mode is null then 'none' else 'other' end = any ($14)))
    and ($15::numrange is null or s.total_cost <@ $15)
    and ($16::numrange is null or s.total_cost <@ $16)
    and ($17::numrange is null or s.cpu_hours <@ $17)
    and ($18::numrange is null or s.cpu_hours <@ $18)
    and ($19::numrange is null or s.gpu_hours <@ $19)
    and ($20::numrange is null or s.gpu_hours <@ $20)
),
page as (
  select * from (
    select id, row_number() over (order by total_cost desc, id) as position from matching
    where total_cost is not null
      and ($8::numeric is null or (total_cost <= $8 and (total_cost < $8 or id > $9)))
    order by total_cost desc, id limit $10
  ) cost_down where $5 = 'total_cost' and $6 and not $7
  union all
  select * from (
    select id, row_number() over (order by total_cost, id) as position from matching
    where total_cost is not null and ($8::numeric is null or (total_cost, id) > ($8, $9))
    order by total_cost, id limit $10
  ) cost_up where $5 = 'total_cost' and not $6 and not $7
  union all
  select * from (
    select id, 1000000000000 + row_number() over (order by id) as position from matching
    where total_cost is null and (not $7 or id > $9)
    order by id limit $10
  ) cost_without where $5 = 'total_cost'
  union all
  select * from (
    select id, row_number() over (order by measure desc, id) as position from matching
    where measure is not null
      and ($8::numeric is null or (measure <= $8 and (measure < $8 or id > $9)))
    order by measure desc, id limit $10
  ) measure_down where $5 <> 'total_cost' and $6 and not $7
  union all
  select * from (
    select id, row_number() over (order by measure, id) as position from matching
    where measure is not null and ($8::numeric is null or (measure, id) > ($8, $9))
    order by measure, id limit $10
  ) measure_up where $5 <> 'total_cost' and not $6 and not $7
  union all
  select * from (
    select id, 1000000000000 + row_number() over (order by id) as position from matching
    where measure is null and (not $7 or id > $9)
    order by id limit $10
  ) measure_without where $5 <> 'total_cost'
)
select p.id, u.name, u.email, u.status, u.company, u.billing_mode as plan, u.id is not null as is_known,
       (select t.members::bigint from console.team_standing t where t.account_id = p.id) as members,
       s.total_cost, s.cpu_hours, s.gpu_hours, s.storage_gb, s.feature_store_api_calls,
       s.model_inference_calls,
       (select sum(b.total_cost) from console.usage_by_account_month b
        where b.account_id = p.id and b.month between $11 and $12) as cost_before,
       case when $9::text is null then (select count(*) from (select from matching limit 10001) counted) end
         as matching_rows
from page p
join console.usage_by_account_month s on s.account_id = p.id and s.month = $1
left join console.users u on u.id = p.id
order by p.position
limit $10
