-- What Auth0 and Stripe sent lately about the samples: nearly all of it applied, some things wrong on purpose. Made with the
-- samples, to the present moment, and made anew with them; what came from outside stays.

delete from console.inbox where event_id like 'sandbox-%' or event_id like 'evt_Sandbox%';

-- Whoever registered within eighteen days; one of them never arrived, and was read back.
insert into console.inbox (
  provider, event_id, received_at, next_attempt_at, headers, body, kind, subject, origin, state, outcome, done_at
)
select
  'auth0', 'sandbox-' || md5(u.id), w.at, w.at, '{"content-type": "application/json"}',
  convert_to(jsonb_build_object('user_id', u.id, 'email', u.email, 'name', u.name, 'created_at', u.created_at)::text, 'UTF8'),
  'user.registered', u.id, case when u.place = 3 then 'read_back' else 'sent' end, 'done', '{"user": "inserted"}',
  w.at + interval '40 milliseconds'
from (
  select x.*, row_number() over (order by x.created_at desc) as place
  from (
    select * from public.users where created_at > clock_timestamp() - interval '18 days' and created_at <= clock_timestamp()
      and id like '%|%' and status <> 'deleted'
    order by created_at desc limit 60
  ) as x
) as u
cross join lateral (
  select u.created_at + case when u.place = 3 then interval '14 minutes' else interval '2 seconds' end as at
) as w;

-- Somebody signed up once more, another way, with the address of an account that is there.
insert into console.inbox (provider, event_id, received_at, next_attempt_at, headers, body, kind, subject, state, outcome)
select
  'auth0', 'sandbox-conflict', w.at, w.at, '{"content-type": "application/json"}',
  convert_to(jsonb_build_object('user_id', w.id, 'email', u.email, 'name', u.name, 'created_at', w.at)::text, 'UTF8'),
  'user.registered', w.id, 'conflict', jsonb_build_object('conflict', 'email_taken', 'user_id', w.id, 'holder_id', u.id)
from (
  select * from public.users where id like 'auth0|%' and status = 'active' and email is not null order by created_at desc, id offset 7 limit 1
) as u
cross join lateral (
  select 'google-oauth2|1098765432' || right(md5(u.id), 12) as id, clock_timestamp() - interval '31 hours' as at
) as w;

-- Stripe, every few hours: what customers pay. Two could not be applied.
insert into console.inbox (
  provider, event_id, received_at, next_attempt_at, headers, body, kind, subject, livemode, state, attempts, last_error, outcome, done_at
)
select
  'stripe', e.id, e.at, e.at, '{"content-type": "application/json", "user-agent": "Stripe/1.0 (+https://stripe.com/docs/webhooks)"}',
  convert_to(jsonb_build_object(
    'id', e.id, 'object', 'event', 'api_version', '2025-09-30.clover', 'created', extract(epoch from e.at)::bigint, 'type', e.kind,
    'livemode', true, 'pending_webhooks', 1, 'data', jsonb_build_object('object', e.what)
  )::text, 'UTF8'),
  e.kind, e.customer, true, case when e.dead then 'dead' else 'done' end, case when e.dead then 10 else 0 end,
  case when e.dead then 'canceling statement due to lock timeout' end,
  case
    when e.dead then null
    when e.kind like 'payment_intent.%' then '{"note": "nothing follows from events of this kind"}'
    else jsonb_build_object('mode', 'live', 'user', e.user_id)
  end,
  case when not e.dead then e.at + interval '60 milliseconds' end
from (
  select
    'evt_Sandbox' || lpad(n::text, 6, '0') as id, k.kind, c.customer, c.user_id, n in (4, 5) as dead,
    clock_timestamp() - n * interval '7 hours 13 minutes' + (n % 5) * interval '41 minutes' as at,
    case
      when k.kind like 'invoice.%' then jsonb_build_object(
        'id', 'in_Sandbox' || lpad((n / 4)::text, 6, '0'), 'object', 'invoice', 'customer', c.customer, 'currency', 'usd',
        'status', case k.kind when 'invoice.paid' then 'paid' else 'open' end, 'total', c.cents, 'amount_paid',
        case k.kind when 'invoice.paid' then c.cents else 0 end
      )
      else jsonb_build_object(
        'id', 'pi_Sandbox' || lpad((n / 4)::text, 6, '0'), 'object', 'payment_intent', 'customer', c.customer, 'currency', 'usd',
        'amount', c.cents, 'client_secret', 'pi_Sandbox_secret_' || md5(n::text)
      )
    end as what
  from generate_series(1, 56) as n
  cross join lateral (
    select (array['invoice.paid', 'payment_intent.succeeded', 'payment_intent.created', 'invoice.finalized'])[1 + (n - 1) % 4] as kind
  ) as k
  join (
    select
      a.stripe_customer_id as customer, a.id as user_id, 1900 + 137 * (row_number() over (order by a.created_at, a.id))::integer as cents,
      row_number() over (order by a.created_at, a.id) as place, count(*) over () as all_of_them
    from (
      select * from public.users
      where stripe_customer_id is not null and account_owner_id is null and status = 'active'
      order by created_at, id limit 40
    ) as a
  ) as c on c.place = 1 + ((n - 1) / 4) % c.all_of_them
) as e;
