-- One page of the accounts of any period: its whole months from their sums, the days at its ends one by
-- one, added up per account before they are sorted.
--
-- $1 ilike pattern · $2 exact id · $3 cluster · $4 account · $5 sort (a measure) · $6 descending
-- after: $7 key is null · $8 key · $9 id · $10 limit
-- first and last of: $11 $12 the whole months · $13 $14 the days before · $15 $16 the days after them
-- compared with, the same way: $17 $18 · $19 $20 · $21 $22
-- owner: $23 statuses · $24 plans ('none' for not chosen)
-- in the period: cost $25 over · $26 under; CPU hours $27 over · $28 under; GPU hours $29 over · $30 under
--
-- The id breaks ties upwards in both directions. Accounts without a value come last, by id.
with added as materialized (
  select a.id, sum(a.total_cost) as total_cost, sum(a.cpu_hours) as cpu_hours, sum(a.gpu_hours) as gpu_hours,
         sum(a.storage_gb) as storage_gb, sum(a.feature_store_api_calls) as feature_store_api_calls,
         sum(a.model_inference_calls) as model_inference_calls
  from (
    select s.account_id as id, s.total_cost, s.cpu_hours, s.gpu_hours, s.storage_gb,
           s.feature_store_api_calls, s.model_inference_calls
    from console.usage_by_account_month s
    where s.month between $11 and $12 and ($4::text is null or s.account_id = $4)
    union all
    select coalesce(d.account_owner_id, d.user_id), d.total_cost, d.cpu_hours, d.gpu_hours, d.storage_gb,
           d.feature_store_api_calls, d.model_inference_calls
    from console.usage_daily d
    where $4::text is null and d.user_id is not null and (d.date between $13 and $14 or d.date between $15 and $16)
      and ($3::text is null or d.hopsworks_cluster_id = $3)
    union all
    select $4, d.total_cost, d.cpu_hours, d.gpu_hours, d.storage_gb,
           d.feature_store_api_calls, d.model_inference_calls
    from console.usage_daily d
    where (d.account_owner_id = $4 or (d.user_id = $4 and d.account_owner_id is null))
      and (d.date between $13 and $14 or d.date between $15 and $16)
      and ($3::text is null or d.hopsworks_cluster_id = $3)
  ) a
  group by a.id
),
matching as materialized (
  select a.*,
         case $5::text
           when 'total_cost' then a.total_cost
           when 'cpu_hours' then a.cpu_hours
           when 'gpu_hours' then a.gpu_hours
           when 'storage_gb' then a.storage_gb
           when 'feature_store_api_calls' then a.feature_store_api_calls
           when 'model_inference_calls' then a.model_inference_calls
         end as measure
  from added a
  where ($1::text is null or a.id = $2 or a.id in (
      select u.id from console.users u where u.name ilike $1 or u.email ilike $1 or u.company ilike $1))
    and ($23::text[] is null or exists (
          select from console.users u
          where u.id = a.id and (u.status = any ($23) or ('active' = any ($23) and u.status is null)
            or ('other' = any ($23) and u.status not in ('active', 'suspended', 'deleted')))
        ) or ('deleted' = any ($23) and not exists (select from console.users u where u.id = a.id)))
    and ($24::text[] is null or exists (
          select from console.users u
          where u.id = a.id
            and case when u.billing_mode in ('prepaid', 'postpaid', 'free') then u.billing_mode
                  when u.billing_mode is null then 'none' else 'other' end = any ($24)))
    and ($25::numrange is null or a.total_cost <@ $25)
    and ($26::numrange is null or a.total_cost <@ $26)
    and ($27::numrange is null or a.cpu_hours <@ $27)
    and ($28::numrange is null or a.cpu_hours <@ $28)
    and ($29::numrange is null or a.gpu_hours <@ $29)
    and ($30::numrange is null or a.gpu_hours <@ $30)
),
page as (
  select m.*, row_number() over (
           order by m.measure is null, case when $6 then m.measure end desc, case when not $6 then m.measure end,
                    m.id) as position
  from matching m
  where $9::text is null
     or (m.measure is null and (not $7 or m.id > $9))
     or (not $7 and case when $6 then m.measure < $8 else m.measure > $8 end)
     or (not $7 and m.measure = $8 and m.id > $9)
  order by position
  limit $10
)
select p.id, u.name, u.email, u.status, u.company, u.billing_mode as plan, u.id is not null as is_known,
       (select t.members::bigint from console.team_standing t where t.account_id = p.id) as members,
       p.total_cost, p.cpu_hours, p.gpu_hours, p.storage_gb, p.feature_store_api_calls,
       p.model_inference_calls, before.cost as cost_before,
       case when $9::text is null then (select count(*) from (select from matching limit 10001) counted) end
         as matching_rows
from page p
left join console.users u on u.id = p.id
left join lateral (
  select sum(b.total_cost) as cost
  from (
    select s.total_cost
    from console.usage_by_account_month s
    where s.account_id = p.id and s.month between $17 and $18
    union all
    select d.total_cost
    from console.usage_daily d
    where d.account_owner_id = p.id and (d.date between $19 and $20 or d.date between $21 and $22)
      and ($3::text is null or d.hopsworks_cluster_id = $3)
    union all
    select d.total_cost
    from console.usage_daily d
    where d.user_id = p.id and d.account_owner_id is null
      and (d.date between $19 and $20 or d.date between $21 and $22)
      and ($3::text is null or d.hopsworks_cluster_id = $3)
  ) b
) before on true
order by p.position
