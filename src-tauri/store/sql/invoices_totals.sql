-- What the filter of the Invoices list comes to: counts and sums per standing and currency. Currencies are
-- never added; what credits more than it bills (below zero) stands apart from what was paid in cash.
--
-- $1 to $9 as in invoices_page · $10 add up at most this many rows; null for all
-- $11 number's ilike pattern; amount: $12 over · $13 under; due: $14 from · $15 before; made: $16 from · $17 before
--
-- `refunded` is the money that went back of these rows, `credited` what credit notes took off them without money going
-- back, both as Stripe's mirror has it: apart from the amounts, which stay what was billed. A payment is there as what
-- was intended and as what was charged; of the two, whichever heard of more.
--
-- `rows_met` is how many rows were added up: one more than $10 says that there are more, and that no sum
-- here is whole.
with met as materialized (
  select
    row_number() over () as n, b.stripe_invoice_id,
    case when b.standing = 'open' and b.due_at < $9 then 'overdue' else b.standing end as standing,
    b.currency, coalesce(b.amount < 0, false) as credit, b.amount
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
              select u.id from console.users u where u.email ilike $1 or u.name ilike $1 or u.id = $2)))
    and ($11::text is null or b.number ilike $11)
    and ($12::numeric is null or b.amount > $12)
    and ($13::numeric is null or b.amount < $13)
    and ($14::timestamptz is null or b.due_at >= $14)
    and ($15::timestamptz is null or b.due_at < $15)
    and ($16::timestamptz is null or b.created_at >= $16)
    and ($17::timestamptz is null or b.created_at < $17)
  limit $10::bigint + 1
),
-- Money that went back belongs to Stripe's invoice, however many rows tell of it.
once as (
  select distinct on (m.stripe_invoice_id) m.n, m.stripe_invoice_id
  from met m
  where m.stripe_invoice_id is not null
  order by m.stripe_invoice_id, m.n
),
mode as (
  select m.livemode from console.stripe_mode m
),
refunds as (
  select r.n, sum(r.refunded) as refunded
  from (
    select p.n, p.payment, max(p.amount_refunded) as refunded
    from (
      select m.n, coalesce(y.payment_intent_id, y.id) as payment, y.amount_refunded
      from once m
      join console.stripe_payments y on y.invoice_id = m.stripe_invoice_id
      where y.amount_refunded > 0 and y.livemode = (select livemode from mode)
      union all
      select m.n, y.payment_intent_id, y.amount_refunded
      from once m
      join console.stripe_invoices i on i.id = m.stripe_invoice_id
      join console.stripe_payments y on y.payment_intent_id = i.payment_intent_id
      where y.amount_refunded > 0 and y.livemode = (select livemode from mode)
    ) p
    group by p.n, p.payment
  ) r
  group by r.n
),
credits as (
  select
    m.n,
    sum(c.total - least(c.total, coalesce(c.refunded, case
      when c.refund_id is null or f.status in ('failed', 'canceled') then 0
      -- Of a refund that nobody has heard of yet the payment tells already: nothing is to count as both.
      when f.id is null then c.total
      else f.amount
    end, 0))) as credited
  from once m
  join console.stripe_credit_notes c on c.invoice_id = m.stripe_invoice_id
  left join console.stripe_refunds f on f.id = c.refund_id
  where c.status is distinct from 'void' and c.livemode = (select livemode from mode)
  group by m.n
)
select
  t.standing, t.currency, t.credit, count(*) as entries, count(t.amount) as amounts, sum(t.amount) as amount,
  sum(r.refunded) as refunded, count(r.n) as refunded_entries,
  sum(c.credited) as credited, count(c.n) as credited_entries,
  sum(count(*)) over ()::bigint as rows_met
from met t
left join refunds r on r.n = t.n
left join credits c on c.n = t.n and c.credited <> 0
group by t.standing, t.currency, t.credit
order by t.standing, t.currency nulls last, t.credit
