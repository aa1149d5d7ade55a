-- An account's credit transactions as a whole: per kind what they did to the balance, and for all of them
-- (the same in each row) where the balance opened and how many lines break. Rules as in
-- credit_ledger_page.
--
-- $1 account
select
  -- However it is spelled: one kind.
  min(l.type) as type, count(*) as entries, coalesce(sum(l.effect), 0) as effect,
  count(*) filter (where l.amount is not null and l.effect is null) as unsigned,
  count(*) filter (where l.amount is null) as without_amount,
  count(*) filter (
    where l.balance_before <> l.previous_after
       or l.balance_after <> coalesce(l.balance_before, l.previous_after) + l.effect
  ) as broken,
  min(l.opening) as opening,
  min(l.created_at) as first_at, max(l.created_at) as last_at
from (
  select
    t.*,
    lag(t.balance_after) over ledger as previous_after,
    first_value(t.balance_before) over ledger as opening
  from (
    select
      c.id, c.type, c.amount, c.balance_before, c.balance_after, c.created_at,
      case when lower(c.type) is distinct from 'usage' or c.amount <= 0 then c.amount
           when c.balance_after < c.balance_before then -c.amount
           when c.balance_after >= c.balance_before then c.amount end as effect
    from console.credit_transactions c
    where c.user_id = $1
  ) t
  window ledger as (order by t.created_at nulls first, t.id rows unbounded preceding)
) l
group by lower(l.type)
order by lower(l.type) nulls last
