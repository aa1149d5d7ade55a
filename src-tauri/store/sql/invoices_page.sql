-- One page of the Invoices list: invoices, charges without an invoice, subscriptions, and what Stripe alone has.
--
-- $1 ilike pattern · $2 exact text · $3 standings · $4 words those standings may be written as, lower case
-- $5 origins · $6 account · $7 fiscal month: its first day · $8 fiscal time zone · $9 now
-- $10 sort: created|amount|due · $11 descending
-- after: $12 key is null · $13 time key · $14 number key · $15 id · $16 origin
-- $17 limit; null for all
-- $18 number's ilike pattern; amount: $19 over · $20 under; due: $21 from · $22 before; made: $23 from · $24 before
--
-- Each sort has a branch for each table, so that each can use its index; origin and id break ties. As in
-- users_page, what decides on a branch stands outside of its limit, where the planner sees that it is
-- false and plans nothing inside. Rows without a value come last, by id.
--
-- Most charges have an invoice that stands for them, and so may Stripe's. Those are skipped no further than the page
-- of invoices reaches: beyond, none can be on the page. Otherwise a history of nothing else would be read to its end.
with invoiced as not materialized (
  select b.*
  from console.billed_invoices b
  where ($5::text[] is null or 'invoices' = any ($5))
    and ($6::text is null or b.user_id = $6)
    and ($7::date is null or (
          b.created_at >= $7::date::timestamp at time zone $8
          and b.created_at < ($7::date + interval '1 month') at time zone $8))
    and ($4::text[] is null or lower(b.status) = any ($4))
    and ($3::text[] is null or
          case when b.standing = 'open' and b.due_at < $9 then 'overdue' else b.standing end = any ($3))
    and ($1::text is null or b.number ilike $1 or b.id = $2 or b.stripe_invoice_id = $2
         or b.user_id = any (array(
              select u.id from console.users u
              where u.email ilike $1 or u.name ilike $1
                or (u.account_owner_id is null and u.company ilike $1) or u.id = $2)))
    and ($18::text is null or b.number ilike $18)
    and ($19::numrange is null or case when lower_inc($19) then b.amount >= lower($19) else b.amount > lower($19) end)
    and ($20::numrange is null or case when upper_inc($20) then b.amount <= upper($20) else b.amount < upper($20) end)
    and ($21::timestamptz is null or b.due_at >= $21)
    and ($22::timestamptz is null or b.due_at < $22)
    and ($23::timestamptz is null or b.created_at >= $23)
    and ($24::timestamptz is null or b.created_at < $24)
),
charged as not materialized (
  select b.*
  from console.billed_charges b
  where ($5::text[] is null or 'billing_history' = any ($5))
    and ($6::text is null or b.user_id = $6)
    and ($7::date is null or (
          b.created_at >= $7::date::timestamp at time zone $8
          and b.created_at < ($7::date + interval '1 month') at time zone $8))
    and ($4::text[] is null or lower(b.status) = any ($4))
    and ($3::text[] is null or
          case when b.standing = 'open' and b.due_at < $9 then 'overdue' else b.standing end = any ($3))
    and ($1::text is null or b.number ilike $1 or b.id = $2
         or b.user_id = any (array(
              select u.id from console.users u
              where u.email ilike $1 or u.name ilike $1
                or (u.account_owner_id is null and u.company ilike $1) or u.id = $2)))
    and ($18::text is null or b.number ilike $18)
    and ($19::numrange is null or case when lower_inc($19) then b.amount >= lower($19) else b.amount > lower($19) end)
    and ($20::numrange is null or case when upper_inc($20) then b.amount <= upper($20) else b.amount < upper($20) end)
    and ($21::timestamptz is null or b.due_at >= $21)
    and ($22::timestamptz is null or b.due_at < $22)
    and ($23::timestamptz is null or b.created_at >= $23)
    and ($24::timestamptz is null or b.created_at < $24)
),
subscribed as not materialized (
  select b.*
  from console.billed_subscriptions b
  where ($5::text[] is null or 'subscriptions' = any ($5))
    and ($6::text is null or b.user_id = $6)
    and ($7::date is null or (
          b.created_at >= $7::date::timestamp at time zone $8
          and b.created_at < ($7::date + interval '1 month') at time zone $8))
    and ($4::text[] is null or lower(b.status) = any ($4))
    and ($3::text[] is null or
          case when b.standing = 'open' and b.due_at < $9 then 'overdue' else b.standing end = any ($3))
    and ($1::text is null or b.number ilike $1 or b.id = $2
         or b.user_id = any (array(
              select u.id from console.users u
              where u.email ilike $1 or u.name ilike $1
                or (u.account_owner_id is null and u.company ilike $1) or u.id = $2)))
    and ($18::text is null or b.number ilike $18)
    and ($19::numrange is null or case when lower_inc($19) then b.amount >= lower($19) else b.amount > lower($19) end)
    and ($20::numrange is null or case when upper_inc($20) then b.amount <= upper($20) else b.amount < upper($20) end)
    and ($21::timestamptz is null or b.due_at >= $21)
    and ($22::timestamptz is null or b.due_at < $22)
    and ($23::timestamptz is null or b.created_at >= $23)
    and ($24::timestamptz is null or b.created_at < $24)
),
mirrored as not materialized (
  select
    b.origin, b.id, b.number, b.user_id, b.amount, b.currency, b.status, b.standing, b.period_start, b.period_end, b.due_at,
    b.paid_at, b.created_at, b.description, b.hosted_url, b.stripe_invoice_id, b.stripe_payment_intent_id,
    b.recorded_standing, b.charge_failed, b.charge_refunded, b.remaining, b.stripe_says
  from console.billed_mirror b
  where ($5::text[] is null or 'stripe_invoices' = any ($5))
    and ($6::text is null or b.user_id = $6)
    and ($7::date is null or (
          b.created_at >= $7::date::timestamp at time zone $8
          and b.created_at < ($7::date + interval '1 month') at time zone $8))
    and ($4::text[] is null or lower(b.status) = any ($4))
    and ($3::text[] is null or
          case when b.standing = 'open' and b.due_at < $9 then 'overdue' else b.standing end = any ($3))
    and ($1::text is null or b.number ilike $1 or b.id = $2 or b.customer_id = $2
         or b.user_id = any (array(
              select u.id from console.users u
              where u.email ilike $1 or u.name ilike $1
                or (u.account_owner_id is null and u.company ilike $1) or u.id = $2)))
    and ($18::text is null or b.number ilike $18)
    and ($19::numrange is null or case when lower_inc($19) then b.amount >= lower($19) else b.amount > lower($19) end)
    and ($20::numrange is null or case when upper_inc($20) then b.amount <= upper($20) else b.amount < upper($20) end)
    and ($21::timestamptz is null or b.due_at >= $21)
    and ($22::timestamptz is null or b.due_at < $22)
    and ($23::timestamptz is null or b.created_at >= $23)
    and ($24::timestamptz is null or b.created_at < $24)
),
page as (
  select * from (
    select m.*, row_number() over (order by created_at desc, id desc, origin desc) as position from (
      (select * from invoiced
       where created_at is not null and ($13::timestamptz is null or (created_at, id, 'invoices') < ($13, $15, $16))
       order by created_at desc, id desc limit $17)
      union all
      (select * from charged
       where created_at is not null and ($13::timestamptz is null or (created_at, id, 'billing_history') < ($13, $15, $16))
         and created_at >= (
           select case when count(*) >= $17 then min(f.created_at) else '-infinity' end
           from (
             select created_at from invoiced
             where created_at is not null and ($13::timestamptz is null or (created_at, id, 'invoices') < ($13, $15, $16))
             order by created_at desc, id desc limit $17
           ) f
         )
       order by created_at desc, id desc limit $17)
      union all
      (select * from mirrored
       where created_at is not null and ($13::timestamptz is null or (created_at, id, 'stripe_invoices') < ($13, $15, $16))
         and created_at >= (
           select case when count(*) >= $17 then min(f.created_at) else '-infinity' end
           from (
             select created_at from invoiced
             where created_at is not null and ($13::timestamptz is null or (created_at, id, 'invoices') < ($13, $15, $16))
             order by created_at desc, id desc limit $17
           ) f
         )
       order by created_at desc, id desc limit $17)
      union all
      (select * from subscribed
       where created_at is not null and ($13::timestamptz is null or (created_at, id, 'subscriptions') < ($13, $15, $16))
       order by created_at desc, id desc limit $17)
    ) m
  ) created_down where $10 = 'created' and $11 and not $12
  union all
  select * from (
    select m.*, row_number() over (order by created_at, id, origin) as position from (
      (select * from invoiced
       where created_at is not null and ($13::timestamptz is null or (created_at, id, 'invoices') > ($13, $15, $16))
       order by created_at, id limit $17)
      union all
      (select * from charged
       where created_at is not null and ($13::timestamptz is null or (created_at, id, 'billing_history') > ($13, $15, $16))
         and created_at <= (
           select case when count(*) >= $17 then max(f.created_at) else 'infinity' end
           from (
             select created_at from invoiced
             where created_at is not null and ($13::timestamptz is null or (created_at, id, 'invoices') > ($13, $15, $16))
             order by created_at, id limit $17
           ) f
         )
       order by created_at, id limit $17)
      union all
      (select * from mirrored
       where created_at is not null and ($13::timestamptz is null or (created_at, id, 'stripe_invoices') > ($13, $15, $16))
         and created_at <= (
           select case when count(*) >= $17 then max(f.created_at) else 'infinity' end
           from (
             select created_at from invoiced
             where created_at is not null and ($13::timestamptz is null or (created_at, id, 'invoices') > ($13, $15, $16))
             order by created_at, id limit $17
           ) f
         )
       order by created_at, id limit $17)
      union all
      (select * from subscribed
       where created_at is not null and ($13::timestamptz is null or (created_at, id, 'subscriptions') > ($13, $15, $16))
       order by created_at, id limit $17)
    ) m
  ) created_up where $10 = 'created' and not $11 and not $12
  union all
  select * from (
    select m.*, row_number() over (order by amount desc, id desc, origin desc) as position from (
      (select * from invoiced
       where amount is not null and ($14::numeric is null or (amount, id, 'invoices') < ($14, $15, $16))
       order by amount desc, id desc limit $17)
      union all
      (select * from charged
       where amount is not null and ($14::numeric is null or (amount, id, 'billing_history') < ($14, $15, $16))
         and amount >= (
           select case when count(*) >= $17 then min(f.amount) else '-infinity' end
           from (
             select amount from invoiced
             where amount is not null and ($14::numeric is null or (amount, id, 'invoices') < ($14, $15, $16))
             order by amount desc, id desc limit $17
           ) f
         )
       order by amount desc, id desc limit $17)
      union all
      (select * from mirrored
       where amount is not null and ($14::numeric is null or (amount, id, 'stripe_invoices') < ($14, $15, $16))
         and amount >= (
           select case when count(*) >= $17 then min(f.amount) else '-infinity' end
           from (
             select amount from invoiced
             where amount is not null and ($14::numeric is null or (amount, id, 'invoices') < ($14, $15, $16))
             order by amount desc, id desc limit $17
           ) f
         )
       order by amount desc, id desc limit $17)
    ) m
  ) amount_down where $10 = 'amount' and $11 and not $12
  union all
  select * from (
    select m.*, row_number() over (order by amount, id, origin) as position from (
      (select * from invoiced
       where amount is not null and ($14::numeric is null or (amount, id, 'invoices') > ($14, $15, $16))
       order by amount, id limit $17)
      union all
      (select * from charged
       where amount is not null and ($14::numeric is null or (amount, id, 'billing_history') > ($14, $15, $16))
         and amount <= (
           select case when count(*) >= $17 then max(f.amount) else 'infinity' end
           from (
             select amount from invoiced
             where amount is not null and ($14::numeric is null or (amount, id, 'invoices') > ($14, $15, $16))
             order by amount, id limit $17
           ) f
         )
       order by amount, id limit $17)
      union all
      (select * from mirrored
       where amount is not null and ($14::numeric is null or (amount, id, 'stripe_invoices') > ($14, $15, $16))
         and amount <= (
           select case when count(*) >= $17 then max(f.amount) else 'infinity' end
           from (
             select amount from invoiced
             where amount is not null and ($14::numeric is null or (amount, id, 'invoices') > ($14, $15, $16))
             order by amount, id limit $17
           ) f
         )
       order by amount, id limit $17)
    ) m
  ) amount_up where $10 = 'amount' and not $11 and not $12
  union all
  select * from (
    select m.*, row_number() over (order by due_at desc, id desc, origin desc) as position from (
      (select * from invoiced
       where due_at is not null and ($13::timestamptz is null or (due_at, id, 'invoices') < ($13, $15, $16))
       order by due_at desc, id desc limit $17)
      union all
      (select * from charged
       where due_at is not null and ($13::timestamptz is null or (due_at, id, 'billing_history') < ($13, $15, $16))
         and due_at >= (
           select case when count(*) >= $17 then min(f.due_at) else '-infinity' end
           from (
             select due_at from invoiced
             where due_at is not null and ($13::timestamptz is null or (due_at, id, 'invoices') < ($13, $15, $16))
             order by due_at desc, id desc limit $17
           ) f
         )
       order by due_at desc, id desc limit $17)
      union all
      (select * from mirrored
       where due_at is not null and ($13::timestamptz is null or (due_at, id, 'stripe_invoices') < ($13, $15, $16))
         and due_at >= (
           select case when count(*) >= $17 then min(f.due_at) else '-infinity' end
           from (
             select due_at from invoiced
             where due_at is not null and ($13::timestamptz is null or (due_at, id, 'invoices') < ($13, $15, $16))
             order by due_at desc, id desc limit $17
           ) f
         )
       order by due_at desc, id desc limit $17)
    ) m
  ) due_down where $10 = 'due' and $11 and not $12
  union all
  select * from (
    select m.*, row_number() over (order by due_at, id, origin) as position from (
      (select * from invoiced
       where due_at is not null and ($13::timestamptz is null or (due_at, id, 'invoices') > ($13, $15, $16))
       order by due_at, id limit $17)
      union all
      (select * from charged
       where due_at is not null and ($13::timestamptz is null or (due_at, id, 'billing_history') > ($13, $15, $16))
         and due_at <= (
           select case when count(*) >= $17 then max(f.due_at) else 'infinity' end
           from (
             select due_at from invoiced
             where due_at is not null and ($13::timestamptz is null or (due_at, id, 'invoices') > ($13, $15, $16))
             order by due_at, id limit $17
           ) f
         )
       order by due_at, id limit $17)
      union all
      (select * from mirrored
       where due_at is not null and ($13::timestamptz is null or (due_at, id, 'stripe_invoices') > ($13, $15, $16))
         and due_at <= (
           select case when count(*) >= $17 then max(f.due_at) else 'infinity' end
           from (
             select due_at from invoiced
             where due_at is not null and ($13::timestamptz is null or (due_at, id, 'invoices') > ($13, $15, $16))
             order by due_at, id limit $17
           ) f
         )
       order by due_at, id limit $17)
    ) m
  ) due_up where $10 = 'due' and not $11 and not $12
  union all
  select * from (
    select m.*, 1000000000000 + row_number() over (order by id, origin) as position from (
      (select * from invoiced
       where case $10 when 'created' then created_at is null
                      when 'amount' then amount is null
                      else due_at is null end
         and (not $12 or (id, 'invoices') > ($15, $16))
       order by id limit $17)
      union all
      (select * from charged
       where case $10 when 'created' then created_at is null
                      when 'amount' then amount is null
                      else due_at is null end
         and (not $12 or (id, 'billing_history') > ($15, $16))
       order by id limit $17)
      union all
      (select * from mirrored
       where case $10 when 'created' then created_at is null
                      when 'amount' then amount is null
                      else due_at is null end
         and (not $12 or (id, 'stripe_invoices') > ($15, $16))
       order by id limit $17)
      union all
      (select * from subscribed
       where case $10 when 'created' then created_at is null
                      when 'amount' then amount is null
                      else due_at is null end
         and (not $12 or (id, 'subscriptions') > ($15, $16))
       order by id limit $17)
    ) m
  ) without
)
select
  p.origin, p.id, p.number, p.user_id, p.amount, p.currency, p.status,
  case when p.standing = 'open' and p.due_at < $9 then 'overdue' else p.standing end as standing,
  p.period_start, p.period_end, p.due_at,
  p.period_start at time zone $8 as period_begins, p.period_end at time zone $8 as period_ends,
  p.due_at at time zone $8 as due_there, ($9::timestamptz at time zone $8)::date as today,
  coalesce(p.paid_at, twin.paid_at) as paid_at, p.created_at,
  p.description, p.hosted_url, p.stripe_invoice_id,
  u.name as account_name, u.email as account_email, u.company as account_company, u.status as account_status,
  u.id is not null as account_found,
  twin.id is not null as twin_there, twin.status as twin_status, twin.amount as twin_amount, twin.currency as twin_currency,
  exists (
    select from console.stripe_invoices o
    where p.origin in ('invoices', 'billing_history') and o.number = p.number and o.user_id is distinct from p.user_id
      and o.livemode = (select m.livemode from console.stripe_mode m)
  ) or exists (
    select from console.invoices o
    where p.origin = 'stripe_invoices' and o.number = p.number and o.user_id is distinct from p.user_id
  ) as number_shared,
  p.stripe_says,
  case when $15::text is null then (
    select count(*) from (
      select from invoiced union all select from charged union all select from subscribed union all select from mirrored
      limit 10001
    ) counted
  ) end as matching_rows
from (select * from page order by position limit $17) p
left join console.users u on u.id = p.user_id
left join lateral (
  select h.id, h.status, h.amount, upper(h.currency) as currency, h.paid_at
  from console.invoices h
  where p.origin = 'invoices' and h.origin = 'billing_history' and h.user_id = p.user_id
    and (h.number = p.number or h.stripe_invoice_id = p.stripe_invoice_id)
  order by h.created_at desc nulls last, h.id desc
  limit 1
) twin on true
order by p.position
