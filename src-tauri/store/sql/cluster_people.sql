-- One page of the people with a seat on a cluster, and what is wrong with a seat.
--
-- $1 cluster id · $2 ilike pattern · $3 exact id · $4 finding · $5 sort · $6 descending
-- after: $7 key is null · $8 time key · $9 text key · $10 number key · $11 user id
-- $12 limit · $13 first of the month · $14 first of the month before
--
-- The key is only made for the sort that is asked for; what a row shows is read for one page of rows.
with seats as (
  select a.user_id, a.assigned_at, a.assigned_by, a.hopsworks_username
  from console.cluster_assignments a
  where a.cluster_id = $1 and a.user_id is not null
    and ($2::text is null or a.user_id = $3 or a.hopsworks_username ilike $2 or exists (
          select from console.users u where u.id = a.user_id and (u.name ilike $2 or u.email ilike $2)))
    and ($4::text is distinct from 'two_clusters' or exists (
          select from console.cluster_assignments b where b.user_id = a.user_id and b.cluster_id <> $1))
    and ($4::text is distinct from 'nobody' or not exists (
          select from console.users u where u.id = a.user_id and u.status is distinct from 'deleted'))
    and ($4::text is distinct from 'no_hopsworks_user' or a.hopsworks_username is null)
    and ($4::text is distinct from 'idle' or not exists (
          select from console.usage_by_user_month m where m.user_id = a.user_id and m.month >= $14))
),
keyed as (
  select s.*,
         case when $5 = 'assigned' then s.assigned_at end as time_key,
         case when $5 = 'name' then (select u.name from console.users u where u.id = s.user_id) end as text_key,
         case when $5 = 'month_cost' then (
           select m.user_cost from console.usage_by_user_month m
           where m.user_id = s.user_id and m.month = $13 and m.leads) end as number_key
  from seats s
),
page as (
  select k.*, k.time_key is null and k.text_key is null and k.number_key is null as keyless
  from keyed k
  where $11::text is null
     or ($7 and k.time_key is null and k.text_key is null and k.number_key is null and k.user_id > $11)
     or (not $7 and (
           (k.time_key is null and k.text_key is null and k.number_key is null)
           or case when $6 then (k.time_key, k.user_id) < ($8::timestamptz, $11)
                             or (k.text_key, k.user_id) < ($9::text, $11)
                             or (k.number_key, k.user_id) < ($10::numeric, $11)
                   else (k.time_key, k.user_id) > ($8::timestamptz, $11)
                     or (k.text_key, k.user_id) > ($9::text, $11)
                     or (k.number_key, k.user_id) > ($10::numeric, $11) end))
  order by keyless,
           case when $6 then k.time_key end desc, case when $6 then k.text_key end desc,
           case when $6 then k.number_key end desc,
           k.time_key, k.text_key, k.number_key,
           case when $6 and (k.time_key is not null or k.text_key is not null or k.number_key is not null)
                then k.user_id end desc,
           k.user_id
  limit $12
)
select p.user_id, p.assigned_at, p.assigned_by, p.hopsworks_username,
       p.time_key, p.text_key, p.number_key,
       u.id is not null as found, u.name, u.email, u.status,
       case when o.id is not null
              then coalesce(nullif(btrim(o.company), ''), nullif(btrim(o.name), ''), o.email)
            when exists (select from console.users m where m.account_owner_id = u.id)
              then coalesce(nullif(btrim(u.company), ''), nullif(btrim(u.name), ''), u.email) end as team,
       (select m.user_cost from console.usage_by_user_month m
        where m.user_id = p.user_id and m.month = $13 and m.leads) as month_cost,
       (select string_agg(coalesce(k.name, b.cluster_id), ', ' order by k.name, b.cluster_id)
        from console.cluster_assignments b
        left join console.clusters k on k.id = b.cluster_id
        where b.user_id = p.user_id and b.cluster_id <> $1) as also_on,
       case when $11::text is null then
         (select count(*) from (select from seats limit 10001) counted)
       end as matching_rows
from page p
left join console.users u on u.id = p.user_id
left join console.users o on o.id = u.account_owner_id
order by p.keyless,
         case when $6 then p.time_key end desc, case when $6 then p.text_key end desc,
         case when $6 then p.number_key end desc,
         p.time_key, p.text_key, p.number_key,
         case when $6 and not p.keyless then p.user_id end desc,
         p.user_id
