-- What the filter of the Invoices list comes to: counts and sums per standing and currency. Currencies are
-- never added; what credits more than it bills (below zero) stands apart from what was paid in cash.
--
-- $1 to $9 as in invoices_page · $10 add up at most this many rows; null for all
-- $11 number's ilike pattern; amount: $12 over · $13 under; due: $14 from · $15 before; made: $16 from · $17 before
--
-- `remaining` is what is still to be paid of those that wait for money. `refunded` is the money that went back of these
-- rows, `credited` what credit notes took off them without money going back, both as Stripe's mirror has it: apart from the
-- amounts, which stay what was billed. A row of the service's own is Stripe's by its id, or by the number or the payment
-- where the same user has it. What went back is in the currency of Stripe's invoice; what did in another, and nobody said
-- what it comes to there, in that one. Where no row is in it, it is a sum without entries of its own.
--
-- `rows_met` is how many rows were added up: one more than $10 says that there are more, and that no sum
-- here is whole.
with met as materialized (
  select
    row_number() over () as n, b.origin, b.user_id, b.number, b.stripe_invoice_id, b.stripe_payment_intent_id,
    case when b.standing = 'open' and b.due_at < $9 then 'overdue' else b.standing end as standing,
    b.currency, coalesce(b.amount < 0, false) as credit, b.amount, b.remaining
  from console.billed b
  where ($5::text[] is null or b.origin = any ($5))
    and ($6::text is null or b.user_id = $6)
    and ($7::date is null or (
          b.created_at >= $7::date::timestamp at time zone $8
          and b.created_at < ($7::date + interval '1 month') at time zone $8))
    and ($4::text[] is null or lower(b.status) = any ($4))
    and ($3::text[] is null or
          case when b.standing = 'open' and b.due_at < $9 then 'overdue' else b.standing end = any ($3))
    and ($1::text is null or b.number ilike $1 or b.id = $2 or b.stripe_invoice_id = $2
         or (b.origin = 'stripe_invoices'
             and b.id = any (array(select t.id from console.stripe_invoices t where t.customer_id = $2)))
         or b.user_id = any (array(
              select u.id from console.users u
              where u.email ilike $1 or u.name ilike $1
                or (u.account_owner_id is null and u.company ilike $1) or u.id = $2)))
    and ($11::text is null or b.number ilike $11)
    and ($12::numrange is null or case when lower_inc($12) then b.amount >= lower($12) else b.amount > lower($12) end)
    and ($13::numrange is null or case when upper_inc($13) then b.amount <= upper($13) else b.amount < upper($13) end)
    and ($14::timestamptz is null or b.due_at >= $14)
    and ($15::timestamptz is null or b.due_at < $15)
    and ($16::timestamptz is null or b.created_at >= $16)
    and ($17::timestamptz is null or b.created_at < $17)
  limit $10::bigint + 1
),
mode as (
  select m.livemode from console.stripe_mode m
),
known as (
  select distinct on (k.n) k.n, k.id, k.currency, k.refunded, k.credited, k.apart
  from (
    select m.n, 1 as by, t.id, upper(t.currency) as currency, t.refunded, t.credited, t.apart
    from met m
    join console.stripe_invoices t on t.id = m.stripe_invoice_id
    where t.livemode = (select livemode from mode)
    union all
    select m.n, 2, t.id, upper(t.currency) as currency, t.refunded, t.credited, t.apart
    from met m
    join console.stripe_invoices t on t.user_id = m.user_id and t.number = m.number
    where m.origin in ('invoices', 'billing_history') and t.livemode = (select livemode from mode)
    union all
    select m.n, 3, t.id, upper(t.currency) as currency, t.refunded, t.credited, t.apart
    from met m
    join console.stripe_invoices t on t.user_id = m.user_id and t.paid_by = m.stripe_payment_intent_id
    where m.origin in ('invoices', 'billing_history') and t.livemode = (select livemode from mode)
  ) k
  order by k.n, k.by, k.id
),
-- Money that went back belongs to Stripe's invoice, however many rows tell of it.
once as (
  select distinct on (k.id) k.n, k.currency, nullif(k.refunded, 0) as refunded, nullif(k.credited, 0) as credited, k.apart
  from known k
  order by k.id, k.n
)
select
  p.standing, p.currency, p.credit, sum(p.entries)::bigint as entries, count(p.amount) as amounts, sum(p.amount) as amount,
  sum(p.remaining) as remaining,
  sum(p.refunded) as refunded, count(p.refunded) as refunded_entries,
  sum(p.credited) as credited, count(p.credited) as credited_entries,
  (select count(*) from met) as rows_met
from (
  select
    t.standing, t.currency, t.credit, 1 as entries, t.amount, t.remaining, null::numeric as refunded, null::numeric as credited
  from met t
  union all
  select t.standing, coalesce(o.currency, t.currency), t.credit, 0, null, null, o.refunded, o.credited
  from met t
  join once o on o.n = t.n
  where o.refunded is not null or o.credited is not null
  union all
  select t.standing, a.currency, t.credit, 0, null, null, a.amount, null
  from met t
  join once o on o.n = t.n
  cross join lateral jsonb_to_recordset(o.apart) as a (currency text, amount numeric)
) p
group by p.standing, p.currency, p.credit
order by p.standing, p.currency nulls last, p.credit
