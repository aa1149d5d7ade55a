-- Invoices and charges of the account that pays for a user, each once (console.billed), newest first.
--
-- $1 user id · after: $2 time · $3 key · $4 limit · $5 now · $6 fiscal time zone
with payer as (
  select coalesce(u.account_owner_id, u.id) as id from console.users u where u.id = $1
),
billed as (
  select concat(b.origin, '/', b.id) as key, b.origin, b.id, b.number, b.amount, b.currency,
         case when b.standing = 'unknown' then lower(b.status) else b.standing end as status,
         b.standing, b.period_start, b.period_end, b.due_at, b.paid_at, b.created_at, b.description
  from payer
  join console.billed b on b.user_id = payer.id
  where b.standing <> 'subscription'
)
select b.key, b.origin, b.id, b.number, b.amount, b.currency, b.status, b.period_start, b.period_end,
       b.due_at, b.paid_at, b.created_at, b.description,
       b.standing = 'overdue' or (b.standing in ('open', 'failed') and coalesce(b.due_at < $5::timestamptz, false))
         as overdue,
       b.standing = 'failed' as failed,
       b.due_at at time zone $6 as due_there, ($5::timestamptz at time zone $6)::date as today,
       b.period_start at time zone $6 as period_begins, b.period_end at time zone $6 as period_ends,
       case when $3::text is null then
         (select count(*) from (select from billed limit 10001) counted)
       end as matching_rows
from billed b
where $3::text is null
   or (coalesce(b.created_at, '-infinity'), b.key) < (coalesce($2::timestamptz, '-infinity'), $3)
order by coalesce(b.created_at, '-infinity') desc, b.key desc
limit $4
