-- What follows from what Stripe says, for users and their money, part by part: the service's own billing tables, the state
-- of the subscription, bought credits. An event is applied, and all of it settled for a customer, in 0088.
--
-- Everything is worked out from the mirror as it stands, not from the event that is being applied: whatever
-- the order of events, the last of them leaves the same. In shadow it is worked out and said, not written.

-- Credits that were bought: each checkout once, what went back of it added up.
create table console.stripe_purchases (
  checkout_id text not null primary key,
  account_id text not null,
  payment_intent_id text,
  amount numeric not null,
  refunded numeric not null default 0,
  apart jsonb,
  by_hand jsonb not null default '{}',
  mode text not null,
  entry_id bigint references console.ledger_entries (id),

  constraint stripe_purchases_mode_check check (mode in ('shadow', 'live')),
  constraint stripe_purchases_entry_check check ((mode = 'live') = (entry_id is not null))
);

comment on table console.stripe_purchases is
  'Credits bought at Stripe. mode shadow: paid while effects were not live, so another program had the money counted then, and it is never counted here.';

comment on column console.stripe_purchases.refunded is 'What of it went back by now: it follows both ways.';
comment on column console.stripe_purchases.apart is
  'Disputes about it that were lost in another currency, and nobody said what they come to in this one: not taken back; and what became since of those by_hand.';
comment on column console.stripe_purchases.by_hand is
  'Disputes that a person has seen to, {dispute: as it stood apart then}: never counted, since an adjustment may stand for them (0079).';

-- What the desk changed of an account because of Stripe, so that it takes back exactly that and nothing else.
create table console.stripe_holds (
  user_id text not null primary key,
  plan_before text,
  plan_set text,
  plan_held boolean not null default false,
  deadline timestamptz
);

comment on table console.stripe_holds is
  'Accounts whose plan ended with their subscription (plan_held), or that have a deadline to mend their payment.';

alter table console.stripe_purchases enable row level security;
alter table console.stripe_holds enable row level security;
insert into console.readable (relation, groups) values
('stripe_purchases', '{support,finance,admin,auditor,receiver,collector}'),
('stripe_holds', '{support,finance,admin,auditor,receiver,collector}');

-- For what an event waits for a person, gravest first: `conflict`, and where it tells more than one thing `also`.
create function console.stripe_words(p_outcome jsonb) returns text[]
language sql
immutable
set search_path = ''
as $function$
  select pg_catalog.array_remove(array[p_outcome ->> 'conflict'], null) || array(
    select w from pg_catalog.jsonb_array_elements_text(p_outcome -> 'also') as w
  );
$function$;

create function console.stripe_waits_for(p_outcome jsonb, p_words text[]) returns jsonb
language sql
immutable
set search_path = ''
as $function$
  select p_outcome - 'also' || pg_catalog.jsonb_build_object('conflict', p_words[1])
    || case when cardinality(p_words) > 1 then pg_catalog.jsonb_build_object('also', p_words[2:]) else '{}' end;
$function$;

-- These events wait for that no more; one that tells something else as well goes on waiting for it.
create function console.stripe_waits_no_more(p_ids bigint[], p_words text[]) returns void
language plpgsql
set search_path = ''
as $function$
begin
  update console.inbox as i set
    state = case when w.rest = '{}' then 'done' else 'conflict' end,
    done_at = case when w.rest = '{}' then pg_catalog.clock_timestamp() end,
    outcome = case when w.rest = '{}' then i.outcome else console.stripe_waits_for(i.outcome, w.rest) end
  from (
    select e.id, array(
      select t.word from pg_catalog.unnest(console.stripe_words(e.outcome)) with ordinality as t (word, place)
      where t.word <> all (p_words) order by t.place
    ) as rest
    from console.inbox as e where e.id = any (p_ids) and e.state = 'conflict'
  ) as w
  where i.id = w.id;
end
$function$;

comment on function console.stripe_words(jsonb) is 'Internal: for what an event waits for a person.';
comment on function console.stripe_waits_for(jsonb, text[]) is 'Internal: an outcome that says for what its event waits.';
comment on function console.stripe_waits_no_more(bigint[], text[]) is 'Internal: ends what events wait for, or one thing of several.';

-- The users that a customer of Stripe's is, mostly one; each mode has a column of its own. A customer nobody has yet is
-- given to the user it names, who must have none.
create function console.stripe_users(p_customer text, p_livemode boolean) returns text[]
language plpgsql
stable
set search_path = ''
as $function$
declare
  v_users text[];
begin
  if not p_livemode then
    v_users := array(select u.id from console.users as u where u.stripe_test_customer_id = p_customer order by u.id);
  end if;
  -- A service that is tested as a whole keeps its test customers where the live ones would be.
  if coalesce(cardinality(v_users), 0) = 0 then
    v_users := array(select u.id from console.users as u where u.stripe_customer_id = p_customer order by u.id);
  end if;
  return v_users;
end
$function$;

create function console.stripe_user(p_customer text, p_livemode boolean) returns text
language sql
stable
set search_path = ''
as $function$
  select (console.stripe_users(p_customer, p_livemode))[1];
$function$;

create function console.stripe_user_named(p_customer text, p_livemode boolean) returns text
language plpgsql
stable
set search_path = ''
as $function$
begin
  return (
    select u.id
    from (
      select c.user_named, c.as_of from console.stripe_customers as c
      where c.id = p_customer and c.livemode = p_livemode and not c.deleted
      union all
      select k.user_named, k.as_of from console.stripe_checkouts as k where k.customer_id = p_customer and k.livemode = p_livemode
    ) as n
    join console.users as u on u.id = n.user_named
    where case when p_livemode then u.stripe_customer_id else coalesce(u.stripe_test_customer_id, u.stripe_customer_id) end is null
    order by n.as_of, u.id
    limit 1
  );
end
$function$;

-- What the service's tables should say about a customer's subscription and plan. {"sets": {…}, "deadline",
-- "plan": "ended" | "back" | null, "why"}. "unknown": "ended" (nothing else then) or "last_card": that would follow, and it is not
-- known what else the customer has (0064).
create function console.stripe_standing(p_customer text, p_livemode boolean) returns jsonb
language plpgsql
stable
set search_path = ''
set timezone to 'UTC'
as $function$
declare
  v_best console.stripe_subscriptions;
  v_ended boolean;
  v_since timestamptz;
  v_why text;
  v_whole boolean := console.stripe_is_whole(p_customer, p_livemode);
  v_unknown text;
begin
  -- One that runs before one that has ended, then the newest.
  select s.* into v_best from console.stripe_subscriptions as s
  where s.customer_id = p_customer and s.livemode = p_livemode
  order by s.status in ('canceled', 'incomplete_expired', 'unpaid', 'incomplete'), s.created_at desc nulls last, s.id desc
  limit 1;
  if not found then
    return '{}';
  end if;
  v_ended := v_best.status in ('canceled', 'incomplete_expired', 'unpaid');
  if v_ended and not v_whole then
    return '{"unknown": "ended"}';
  end if;
  if not v_ended and v_best.status <> 'incomplete' then
    -- From when it failed, or the subscription became past_due: an invoice may be final long after it is made, due long
    -- after that, and a bank takes days to say no. Of a subscription that has ended an invoice may stay open for ever: it is owed,
    -- but says nothing of the one that runs.
    select min(i.failing_since) into v_since
    from console.stripe_invoices as i
    where i.customer_id = p_customer and i.livemode = p_livemode and i.status = 'open' and i.failing and not exists (
      select from console.stripe_subscriptions as s
      where s.id = i.subscription_id and s.livemode = i.livemode and s.status in ('canceled', 'incomplete_expired', 'unpaid')
    );
    if v_best.status = 'past_due' then
      v_since := least(v_since, coalesce(v_best.past_due_at[1], v_best.as_of));
    end if;
    v_why := 'a payment failed';
    if v_since is null and v_best.collection_method is distinct from 'send_invoice' and not exists (
      select from console.stripe_payment_methods as m
      where m.customer_id = p_customer and m.livemode = p_livemode and m.attached
    ) then
      select max(m.as_of), 'the last payment method is gone' into v_since, v_why
      from console.stripe_payment_methods as m where m.customer_id = p_customer and m.livemode = p_livemode;
      if v_since is not null and not v_whole then
        v_since := null;
        v_unknown := 'last_card';
      end if;
    end if;
  end if;
  return pg_catalog.jsonb_strip_nulls(pg_catalog.jsonb_build_object('unknown', v_unknown)) || pg_catalog.jsonb_build_object(
    'sets', pg_catalog.jsonb_build_object(
      'stripe_subscription_id', v_best.id, 'stripe_subscription_status', v_best.status
    ),
    'plan', case when v_ended then 'ended' when v_best.status in ('active', 'trialing', 'past_due') then 'back' end,
    -- A week to mend it.
    'deadline', v_since + interval '7 days', 'why', case when v_since is not null then v_why end
  );
end
$function$;

-- Whether a date on which a subscription is to end is that of its period, or before.
create function console.stripe_ends_with_period(p_at timestamptz, p_period_end timestamptz) returns boolean
language sql
immutable
set search_path = ''
as $function$
  select p_at is not null and (p_at <= p_period_end) is not false;
$function$;

comment on function console.stripe_ends_with_period(timestamptz, timestamptz) is
  'Internal: whether a subscription that is to end then ends with its period.';

-- One change of a user, with its audit entry; false: the database cannot take it.
create function console.stripe_write_user(p_user text, p_action text, p_sets jsonb, p_cause text, p_why text) returns boolean
language plpgsql
set search_path = ''
as $function$
declare
  v_sets jsonb;
  v_changes jsonb;
begin
  select pg_catalog.jsonb_object_agg(s.key, s.value), pg_catalog.jsonb_agg(pg_catalog.jsonb_build_object(
    'table', 'users', 'id', p_user, 'label', p_user, 'column', s.key, 'before', console.current_value('users', p_user, s.key),
    'after', s.value
  ) order by s.key) into v_sets, v_changes
  from pg_catalog.jsonb_each(p_sets) as s
  where
    console.can_write('write_users', s.key)
    and case
      when s.key = 'downgrade_deadline'
        then (console.current_value('users', p_user, s.key) #>> '{}')::timestamptz is distinct from (s.value #>> '{}')::timestamptz
      else coalesce(console.current_value('users', p_user, s.key), 'null') <> s.value
    end;
  if v_sets is null then
    return false;
  end if;
  begin
    perform console.write_users(p_user, v_sets);
  exception
    when integrity_constraint_violation or data_exception then
      return false;
  end;
  perform console.audit_write('system', p_action, 'account', p_user, pg_catalog.jsonb_build_object(
    'reason', p_why, 'cause', p_cause, 'changes', v_changes
  ));
  return true;
end
$function$;

-- Bought credits, as many as they are priced: tax and shipping buy none. An invoice that Stripe makes of a checkout is its
-- receipt. What is paid in another currency waits for a person (0089). For each purchase one word: bought, or came_before (paid while effects were not live: never counted). What
-- went back of them: 0079.
create function console.stripe_settle_purchases(p_customer text, p_user text, p_livemode boolean, p_mode text, p_cause text)
returns jsonb
language plpgsql
set search_path = ''
as $function$
declare
  v_account text := (select coalesce(u.account_owner_id, u.id) from console.users as u where u.id = p_user);
  v_said jsonb := '[]';
  v_bought record;
  v_credits jsonb;
  v_applied jsonb;
  v_audit bigint;
  v_entry bigint;
begin
  for v_bought in
    select k.id as checkout_id, k.payment_intent_id, least(coalesce(k.net, k.amount), k.amount) as amount, case k.paid_mode when 'live' then 'live' else 'shadow' end as mode
    from console.stripe_checkouts as k
    where
      k.livemode = p_livemode and k.mode = 'payment' and k.payment_status = 'paid' and k.currency = 'USD'
      and least(coalesce(k.net, k.amount), k.amount) > 0 and coalesce(k.purpose, 'credits') = 'credits'
      -- What came live is left until effects are live again.
      and (k.paid_mode in ('shadow', 'off') or (k.paid_mode = 'live' and p_mode = 'live'))
      and (k.customer_id = p_customer or (k.customer_id is null and k.user_named = p_user))
      and not exists (select from console.stripe_purchases as p where p.checkout_id = k.id)
    order by k.id
  loop
    v_entry := null;
    if v_bought.mode = 'live' then
      v_credits := pg_catalog.jsonb_build_object(
        'account', v_account, 'label', v_account, 'type', 'purchase', 'bucket', 'total_purchased', 'amount', v_bought.amount,
        'description', 'Bought at Stripe: ' || v_bought.checkout_id, 'reverses', null
      );
      v_applied := console.credits_apply(v_credits);
      v_audit := console.audit_write('system', 'purchase_credits', 'account', v_account, pg_catalog.jsonb_build_object(
        'reason', 'Bought at Stripe', 'cause', p_cause, 'changes', v_applied -> 'changes', 'warnings', v_applied -> 'warnings'
      ));
      perform console.credits_record(v_credits, v_applied, v_audit);
      v_entry := (v_applied ->> 'entry')::bigint;
    end if;
    insert into console.stripe_purchases (checkout_id, account_id, payment_intent_id, amount, mode, entry_id)
    values (v_bought.checkout_id, v_account, v_bought.payment_intent_id, v_bought.amount, v_bought.mode, v_entry);
    v_said := v_said || pg_catalog.jsonb_build_object(
      case when v_bought.mode = p_mode then 'bought' else 'came_before' end, v_bought.amount::text, 'checkout', v_bought.checkout_id
    );
  end loop;
  return v_said;
end
$function$;

-- The service's own tables of invoices, charges and subscriptions, where it has them.
create function console.stripe_settle_bills(p_customer text, p_user text, p_livemode boolean) returns integer
language plpgsql
set search_path = ''
set timezone to 'UTC'
as $function$
declare
  v_bill record;
  v_written integer := 0;
begin
  for v_bill in
    select i.*,
      case
        when i.status = 'paid' and i.went_back then 'refunded'
        when i.status = 'paid' then 'paid'
        when i.status in ('void', 'uncollectible') then 'failed'
        when i.status = 'open' and (i.failing or (i.attempt_count > 0 and exists (
          select from console.stripe_subscriptions as s where s.id = i.subscription_id and s.status in ('past_due', 'unpaid')
        ))) then 'failed'
        else 'pending'
      end as charge
    from console.stripe_invoices as i
    where i.customer_id = p_customer and i.livemode = p_livemode and i.status <> 'draft'
    order by i.id
  loop
    if console.lacking('{mirror_billing_history}') is null and v_bill.total >= 0 then
      v_written := v_written + console.mirror_billing_history(v_bill.id, pg_catalog.jsonb_build_object(
        'invoice_id', v_bill.id, 'user_id', p_user, 'amount', v_bill.total, 'currency', pg_catalog.lower(v_bill.currency),
        'status', v_bill.charge, 'description', coalesce(v_bill.description, 'Invoice ' || coalesce(v_bill.number, v_bill.id)),
        'stripe_payment_intent_id', v_bill.paid_by, 'created_at', v_bill.created_at,
        'paid_at', case when v_bill.charge in ('paid', 'refunded') then coalesce(v_bill.paid_at, v_bill.as_of) end
      ));
    end if;
    if console.lacking('{mirror_invoices}') is null then
      v_written := v_written + console.mirror_invoices(v_bill.id, pg_catalog.jsonb_build_object(
        'stripe_invoice_id', v_bill.id, 'number', coalesce(v_bill.number, v_bill.id), 'user_id', p_user, 'amount', v_bill.total,
        'currency', pg_catalog.lower(v_bill.currency), 'status', v_bill.status, 'period_start', v_bill.period_start,
        'period_end', v_bill.period_end, 'due_at', v_bill.due_at, 'hosted_url', v_bill.hosted_url, 'created_at', v_bill.created_at,
        'paid_at', case when v_bill.status = 'paid' then coalesce(v_bill.paid_at, v_bill.as_of) end
      ));
    end if;
  end loop;
  if console.lacking('{mirror_subscriptions}') is null then
    for v_bill in
      select s.* from console.stripe_subscriptions as s
      where s.customer_id = p_customer and s.livemode = p_livemode order by s.id
    loop
      v_written := v_written + console.mirror_subscriptions(v_bill.id, pg_catalog.jsonb_build_object(
        'stripe_subscription_id', v_bill.id, 'stripe_customer_id', v_bill.customer_id, 'stripe_price_id', v_bill.price_id,
        'user_id', p_user, 'status', v_bill.status, 'current_period_start', v_bill.current_period_start,
        'current_period_end', v_bill.current_period_end, 'cancel_at_period_end', v_bill.cancel_at_period_end or console.stripe_ends_with_period(v_bill.cancel_at, v_bill.current_period_end),
        'canceled_at', v_bill.canceled_at, 'created_at', v_bill.created_at
      ));
    end loop;
  end if;
  return v_written;
end
$function$;

-- Whether an account has paid, by what Stripe said of it: whoever wrote the service's own columns first, and whatever the
-- switches say. Of the mode that this service works in. A trial is no payment; nor is a subscription that sends invoices,
-- before one of them is paid.
create function console.has_paid(p_account text) returns boolean
language plpgsql
stable
set search_path = ''
as $function$
declare
  v_livemode boolean := (select m.livemode from console.stripe_mode as m);
begin
  return exists (
    select from console.stripe_purchases as p join console.stripe_checkouts as k on k.id = p.checkout_id
    where p.account_id = p_account and k.livemode = v_livemode
  ) or exists (
    select from console.users as u
    cross join lateral pg_catalog.unnest(array[u.stripe_customer_id, u.stripe_test_customer_id]) as c (id)
    where
      u.id = p_account and c.id is not null
      and (
        exists (
          select from console.stripe_subscriptions as s
          where
            s.customer_id = c.id and s.livemode = v_livemode and s.status = 'active' and s.collection_method is distinct from 'send_invoice'
        )
        or exists (
          select from console.stripe_invoices as i
          where i.customer_id = c.id and i.livemode = v_livemode and i.status = 'paid' and i.amount_paid > 0
        )
        or exists (
          select from console.stripe_payments as m
          where m.customer_id = c.id and m.livemode = v_livemode and m.status = 'succeeded' and m.amount > 0
        )
      )
  );
end
$function$;

comment on function console.has_paid(text) is 'Internal: whether an account has paid anything yet, by what Stripe said.';

-- Whoever paid is to have a seat, if they wait for that. Effects are switched one by one: whether seats are given is
-- asked of another switch.
create function console.stripe_paid(p_user text, p_did jsonb) returns jsonb
language plpgsql
set search_path = ''
as $function$
declare
  v_account text;
begin
  select coalesce(u.account_owner_id, u.id) into v_account from console.users as u where u.id = p_user;
  if console.has_paid(v_account) and console.request_seat(v_account, 'payment') then
    return p_did || '{"seat": "requested"}';
  end if;
  return p_did;
end
$function$;

comment on function console.stripe_paid(text, jsonb) is 'Internal: asks for a seat for whoever just paid; what was done, and whether it did.';

comment on function console.stripe_users(text, boolean) is 'Internal: the users that a customer of Stripe''s is, in order.';
comment on function console.stripe_user(text, boolean) is 'Internal: the user that a customer of Stripe''s is.';
comment on function console.stripe_user_named(text, boolean) is 'Internal: the user without a customer that a customer of Stripe''s names.';
comment on function console.stripe_standing(text, boolean) is 'Internal: what Stripe''s objects mean for a customer''s subscription and plan.';
comment on function console.stripe_write_user(text, text, jsonb, text, text) is 'Internal: changes a user because of Stripe, with its audit entry; whether it did.';
comment on function console.stripe_settle_purchases(text, text, boolean, text, text) is 'Internal: counts bought credits.';
comment on function console.stripe_settle_bills(text, text, boolean) is 'Internal: brings the service''s own billing tables in step with the mirror.';

select console.renew_grants();
