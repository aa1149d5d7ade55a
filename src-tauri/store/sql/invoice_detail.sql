-- One thing that is billed, with who pays for it and, for a subscription, the price it names.
--
-- $1 origin · $2 id · $3 now · $4 fiscal time zone
select
  b.origin, b.id, b.number, b.user_id, b.amount, b.currency, b.status,
  case when b.standing = 'open' and b.due_at < $3 then 'overdue' else b.standing end as standing,
  b.period_start, b.period_end, b.due_at, b.paid_at, b.created_at,
  b.period_start at time zone $4 as period_begins, b.period_end at time zone $4 as period_ends,
  b.due_at at time zone $4 as due_there, ($3::timestamptz at time zone $4)::date as today,
  b.description, b.hosted_url, b.stripe_invoice_id, b.stripe_payment_intent_id,
  u.name as account_name, u.email as account_email, u.company as account_company, u.status as account_status,
  u.id is not null as account_found, coalesce(t.customer_id, u.stripe_customer_id) as stripe_customer_id,
  false as twin_there, null::text as twin_status, null::numeric as twin_amount, null::text as twin_currency,
  exists (
    select from console.stripe_invoices o
    where b.origin in ('invoices', 'billing_history') and o.number = b.number and o.user_id is distinct from b.user_id
      and o.livemode = (select m.livemode from console.stripe_mode m)
  ) or exists (
    select from console.invoices o
    where b.origin = 'stripe_invoices' and o.number = b.number and o.user_id is distinct from b.user_id
  ) as number_shared,
  b.stripe_says,
  null::bigint as matching_rows,
  coalesce(s.stripe_customer_id, x.customer_id) as subscription_customer,
  coalesce(s.stripe_price_id, x.price_id) as stripe_price_id,
  coalesce(
    s.cancel_at_period_end,
    x.cancel_at_period_end or (x.cancel_at is not null and (x.cancel_at <= x.current_period_end) is not false)
  ) as cancel_at_period_end,
  coalesce(s.canceled_at, x.canceled_at) as canceled_at,
  r.unit_price, r.unit_name,
  b.remaining, nullif(g.refunded, 0) as refunded, nullif(g.credited, 0) as credited,
  g.currency as since_currency,
  array(
    select a.currency from jsonb_to_recordset(g.apart) as a (currency text, amount numeric) order by a.currency, a.amount
  ) as apart_currencies,
  array(
    select a.amount from jsonb_to_recordset(g.apart) as a (currency text, amount numeric) order by a.currency, a.amount
  ) as apart_amounts
from console.billed b
left join console.users u on u.id = b.user_id
left join console.stripe_invoices t on t.id = b.stripe_invoice_id
left join console.subscriptions s on b.origin = 'subscriptions' and s.id = b.id
left join console.stripe_subscriptions x on b.origin = 'subscriptions' and x.id = b.id
left join lateral (
  select p.unit_price, p.unit_name
  from console.stripe_products p
  where p.stripe_price_id = coalesce(s.stripe_price_id, x.price_id)
  order by p.active desc nulls last, p.id
  limit 1
) r on true
-- What went back of it, as Stripe has it: by its id, or by the number or the payment where the same user has it.
left join lateral (
  select k.currency, k.refunded, k.credited, k.apart
  from (
    select 1 as by, i.id, upper(i.currency) as currency, i.refunded, i.credited, i.apart
    from console.stripe_invoices i
    where i.id = b.stripe_invoice_id and i.livemode = (select m.livemode from console.stripe_mode m)
    union all
    select 2, i.id, upper(i.currency) as currency, i.refunded, i.credited, i.apart
    from console.stripe_invoices i
    where b.origin in ('invoices', 'billing_history') and i.user_id = b.user_id and i.number = b.number
      and i.livemode = (select m.livemode from console.stripe_mode m)
    union all
    select 3, i.id, upper(i.currency) as currency, i.refunded, i.credited, i.apart
    from console.stripe_invoices i
    where b.origin in ('invoices', 'billing_history') and i.user_id = b.user_id
      and i.paid_by = b.stripe_payment_intent_id and i.livemode = (select m.livemode from console.stripe_mode m)
  ) k
  order by k.by, k.id
  limit 1
) g on true
where b.origin = $1 and b.id = $2
limit 1
