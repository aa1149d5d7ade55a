-- What the accounts of the Credits list have left together, paid and free apart.
--
-- $1 to $5 as in credits_page · $6 add up at most this many accounts; null for all
-- $7 nothing left · $8 statuses · $9 plans ('none' for not chosen)
-- left: $10 over · $11 under; paid: $12 over · $13 under; free: $14 over · $15 under
-- runs out: $16 from · $17 before · $18 never; bought last: $19 from · $20 before · $21 never
--
-- One account more than $6 says that there are more, and that no sum here is whole.
select
  count(*) as accounts,
  coalesce(sum(t.paid_left), 0) as paid_left, coalesce(sum(t.free_left), 0) as free_left,
  coalesce(sum(t.balance), 0) as balance,
  count(*) filter (where t.balance < 0) as overdrawn,
  coalesce(sum(t.balance) filter (where t.balance < 0), 0) as debt
from (
  select s.paid_left, s.free_left, s.balance
  from console.credit_standing s
  left join console.users u on u.id = s.account_id
  where ($1::text is null or u.email ilike $1 or u.name ilike $1 or u.company ilike $1 or s.account_id = $2)
    and (not $3 or s.low)
    and (not $4 or s.balance < 0)
    and (not $5 or s.billing_mode = 'prepaid')
    and (not $7 or s.balance <= 0)
    and ($8::text[] is null or u.status = any ($8) or ('active' = any ($8) and u.status is null)
          or ('other' = any ($8) and u.status not in ('active', 'suspended', 'deleted')))
    and ($9::text[] is null
         or case when s.billing_mode in ('prepaid', 'postpaid', 'free') then s.billing_mode
              when s.billing_mode is null then 'none' else 'other' end = any ($9))
    and ($10::numrange is null
         or case when lower_inc($10) then s.balance >= lower($10) else s.balance > lower($10) end)
    and ($11::numrange is null
         or case when upper_inc($11) then s.balance <= upper($11) else s.balance < upper($11) end)
    and ($12::numrange is null
         or case when lower_inc($12) then s.paid_left >= lower($12) else s.paid_left > lower($12) end)
    and ($13::numrange is null
         or case when upper_inc($13) then s.paid_left <= upper($13) else s.paid_left < upper($13) end)
    and ($14::numrange is null
         or case when lower_inc($14) then s.free_left >= lower($14) else s.free_left > lower($14) end)
    and ($15::numrange is null
         or case when upper_inc($15) then s.free_left <= upper($15) else s.free_left < upper($15) end)
    and ($16::date is null or (s.balance > 0 and s.runs_out_on >= $16))
    and ($17::date is null or (s.balance > 0 and s.runs_out_on < $17))
    and (not $18 or (s.balance > 0 and s.runs_out_on is null))
    and ($19::timestamptz is null or s.last_purchase_at >= $19)
    and ($20::timestamptz is null or s.last_purchase_at < $20)
    and (not $21 or s.last_purchase_at is null)
  limit $6::bigint + 1
) t
