-- What the accounts of the Credits list have left together, paid and free apart.
--
-- $1 to $5 as in credits_page · $6 add up at most this many accounts; null for all
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
  where ($1::text is null or u.email ilike $1 or u.name ilike $1 or s.account_id = $2)
    and (not $3 or s.low)
    and (not $4 or s.balance < 0)
    and (not $5 or s.billing_mode = 'prepaid')
  limit $6::bigint + 1
) t
