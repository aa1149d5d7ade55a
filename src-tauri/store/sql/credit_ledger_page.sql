-- One page of an account's credit transactions, newest first, each with the running balance after it.
--
-- $1 account · $2 kinds, as recorded, in lower case; null for all
-- after: $3 time, null for a line without one · $4 id, null for the first page
-- $5 limit; null for all
--
-- The balance runs over all lines in the order (created_at, id), whatever is shown of them, from the
-- balance that the first line records before it. A service that writes usage as a positive amount, and
-- lowers the balance by it, means that it was taken. Where no balances stand beside such an amount, whether it
-- was added or taken is not known, nor any balance from there on.
select
  l.id, l.type, l.amount, l.effect, l.balance_before, l.balance_after, l.previous_after, l.balance,
  l.description, l.stripe_payment_intent_id, l.created_at
from (
  select
    t.*,
    lag(t.balance_after) over ledger as previous_after,
    case when count(*) filter (where t.amount is not null and t.effect is null) over ledger = 0 then
      coalesce(first_value(t.balance_before) over ledger, 0) + coalesce(sum(t.effect) over ledger, 0)
    end as balance
  from (
    select
      c.id, c.type, c.amount, c.balance_before, c.balance_after, c.description,
      c.stripe_payment_intent_id, c.created_at,
      case when lower(c.type) is distinct from 'usage' or c.amount <= 0 then c.amount
           when c.balance_after < c.balance_before then -c.amount
           when c.balance_after >= c.balance_before then c.amount end as effect
    from console.credit_transactions c
    where c.user_id = $1
  ) t
  window ledger as (order by t.created_at nulls first, t.id rows unbounded preceding)
) l
where ($2::text[] is null or lower(l.type) = any ($2) or (l.type is null and '' = any ($2)))
  and ($4::text is null
       or (coalesce(l.created_at, '-infinity'), l.id) < (coalesce($3::timestamptz, '-infinity'), $4))
order by l.created_at desc nulls last, l.id desc
limit $5
