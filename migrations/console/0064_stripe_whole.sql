-- Customers of whom everything at Stripe is known. The mirror has what events told since this service listens: of a customer
-- who was there before, one old card that is removed, or one trial that ends, is not all they have. So nothing follows from
-- the end of a subscription, or from a card that was the last one known, until the customer was heard of from the
-- beginning (customer.created), or their subscriptions and payment methods were listed at Stripe: one more thing that is in
-- doubt (0062, kind holdings). Without a key a person is told, once.
--
-- Functions    end_stripe_listing(customer, lease, now, facts, as_of)

create table console.stripe_whole (
  customer_id text not null primary key,
  livemode boolean not null,
  how text not null,
  at timestamptz not null default clock_timestamp(),

  constraint stripe_whole_how_check check (how in ('made', 'listed', 'person'))
);

comment on table console.stripe_whole is 'Customers of Stripe''s of whom it is known what they have there, or of whom a person was asked.';
comment on column console.stripe_whole.how is
  'made: the event that made them came, and so did all since; listed: Stripe was asked; person: a person looked, and nothing follows by itself.';

alter table console.stripe_whole enable row level security;
insert into console.readable (relation, groups) values ('stripe_whole', '{support,finance,admin,auditor,receiver,collector}');

create function console.stripe_is_whole(p_customer text, p_livemode boolean) returns boolean
language sql
stable
set search_path = ''
as $function$
  select exists (
    select from console.stripe_whole as w where w.customer_id = p_customer and w.livemode = p_livemode and w.how in ('made', 'listed')
  );
$function$;

-- What was in doubt about a customer is so no more, and no person is asked.
create function console.stripe_now_whole(p_customer text, p_livemode boolean, p_how text) returns void
language plpgsql
set search_path = ''
as $function$
begin
  insert into console.stripe_whole as w (customer_id, livemode, how) values (p_customer, p_livemode, p_how)
  on conflict (customer_id) do update set how = excluded.how, at = excluded.at where w.how = 'person';
  delete from console.stripe_doubts as d where d.kind = 'holdings' and d.object_id = p_customer;
  perform console.stripe_waits_no_more(array(
    select i.id from console.inbox as i
    where i.provider = 'stripe' and i.state = 'conflict' and 'not_all_known' = any (console.stripe_words(i.outcome))
      and i.outcome ->> 'customer' = p_customer and i.livemode = p_livemode
  ), '{not_all_known}');
end
$function$;

-- Has what a customer has asked for, because something would follow from it. Whether a person is to be told: nobody asks,
-- no event waits for that yet, and none did before. Of whom a person has looked at, only Stripe is asked.
create function console.stripe_ask_holdings(p_customer text, p_livemode boolean, p_event_id text, p_as_of timestamptz, p_asks boolean)
returns boolean
language plpgsql
set search_path = ''
as $function$
declare
  v_now timestamptz := pg_catalog.clock_timestamp();
begin
  insert into console.stripe_doubts (object_id, kind, why, livemode, event_id, as_of, since, next_at)
  select p_customer, 'holdings', 'not_all_known', p_livemode, p_event_id, p_as_of, v_now, v_now
  where coalesce(p_asks, false) or not exists (select from console.stripe_whole as w where w.customer_id = p_customer)
  on conflict (kind, object_id) do nothing;
  return not coalesce(p_asks, false) and not exists (
    select from console.stripe_whole as w where w.customer_id = p_customer
  ) and not exists (
    select from console.inbox as i
    where i.provider = 'stripe' and i.state = 'conflict' and 'not_all_known' = any (console.stripe_words(i.outcome))
      and i.outcome ->> 'customer' = p_customer and i.livemode = p_livemode
  );
end
$function$;

-- Nobody tells what a customer has: the event that asked waits for a person, unless another does, or a person has looked.
create function console.stripe_tell_not_known(p_event_id text, p_customer text, p_livemode boolean) returns void
language plpgsql
set search_path = ''
as $function$
begin
  update console.inbox as i set
    state = 'conflict', done_at = null,
    outcome = console.stripe_waits_for(i.outcome, '{not_all_known}') || pg_catalog.jsonb_build_object('customer', p_customer)
  where i.provider = 'stripe' and i.event_id = p_event_id and i.state = 'done' and not coalesce(i.outcome ? 'dismissed', false)
    and console.effect_mode('stripe_events', null) = 'live'
    and not exists (select from console.stripe_whole as w where w.customer_id = p_customer)
    and not exists (
      select from console.inbox as o
      where o.provider = 'stripe' and o.state = 'conflict' and 'not_all_known' = any (console.stripe_words(o.outcome))
        and o.outcome ->> 'customer' = p_customer and o.livemode = p_livemode
    );
end
$function$;

-- A person has looked at what a customer has at Stripe, or at a plan that could not be ended, and has seen to the ends that were
-- told by then: these end no plan any more, whatever Stripe says later.
create function console.stripe_looked_at(p_event bigint) returns void
language plpgsql
set search_path = ''
as $function$
begin
  insert into console.stripe_whole (customer_id, livemode, how)
  select i.outcome ->> 'customer', i.livemode, 'person' from console.inbox as i
  where i.id = p_event and i.provider = 'stripe' and 'not_all_known' = any (console.stripe_words(i.outcome)) and i.outcome ->> 'customer' is not null
    and i.livemode is not null
  on conflict (customer_id) do nothing;
  update console.stripe_ends as e set acted_at = pg_catalog.clock_timestamp()
  from console.inbox as i, console.stripe_subscriptions as s
  where i.id = p_event and i.provider = 'stripe' and console.stripe_words(i.outcome) && '{not_all_known,plan_not_ended}' and e.acted_at is null
    and s.id = e.subscription_id and s.customer_id = i.outcome ->> 'customer' and s.livemode = i.livemode;
  delete from console.stripe_doubts as d
  using console.inbox as i
  where i.id = p_event and i.provider = 'stripe' and 'not_all_known' = any (console.stripe_words(i.outcome))
    and d.kind = 'holdings' and d.object_id = i.outcome ->> 'customer';
end
$function$;

-- What a customer has, as it was at p_as_of: the customer, all subscriptions, and the payment methods that are attached, each
-- as in stripe_keep. Answers kept or lost, as end_stripe_doubt does, which says that it could not be asked for.
create function console.end_stripe_listing(
  p_customer text, p_lease uuid, p_now timestamptz, p_facts jsonb, p_as_of timestamptz
) returns text
language plpgsql
security definer
set search_path = ''
set timezone to 'UTC'
as $function$
declare
  v_doubt console.stripe_doubts;
  v_live boolean;
  v_listed text := 'listed:' || p_customer || ':' || p_lease;
  v_answer jsonb;
begin
  if not coalesce(pg_catalog.isfinite(p_now) and pg_catalog.isfinite(p_as_of), false) then
    perform console.refuse('HD005', 'Say what time it is, and as of when.', '{"argument": "now"}');
  end if;
  if pg_catalog.jsonb_typeof(p_facts) is distinct from 'array' or not coalesce((
    select bool_or(f ->> 'table' = 'customers') and bool_and(case f ->> 'table'
      when 'customers' then f #>> '{row,id}' = p_customer
      when 'subscriptions' then f #>> '{row,customer_id}' = p_customer
      when 'payment_methods' then f #>> '{row,customer_id}' = p_customer
      else false
    end)
    from pg_catalog.jsonb_array_elements(p_facts) as f
  ), false) then
    perform console.refuse('HD005', 'This is not what that customer has.', '{"argument": "facts"}');
  end if;
  -- While events about them are applied (0050, 0088) this waits, and they are passed over while this is: events hold rows of the
  -- mirror before users, and this the other way round.
  perform console.stripe_hold_customer(p_customer, true);
  -- In the order in which events do it: users, then what is in doubt about their customer.
  select d.livemode into v_live from console.stripe_doubts as d where d.kind = 'holdings' and d.object_id = p_customer;
  if console.lacking('{lock_users}') is null then
    perform console.lock_users(array(
      select pg_catalog.unnest(array[u.id, u.account_owner_id]) from console.users as u
      where u.id = console.stripe_user(p_customer, v_live)
    ));
  end if;
  select d.* into v_doubt from console.stripe_doubts as d
  where d.kind = 'holdings' and d.object_id = p_customer and d.lease = p_lease
  for update;
  if not found then
    return 'lost';
  end if;
  perform console.stripe_now_whole(p_customer, v_doubt.livemode, 'listed');
  v_answer := console.apply_stripe(
    pg_catalog.jsonb_build_object(
      'id', v_listed, 'kind', 'listed', 'created', p_as_of, 'livemode', v_doubt.livemode, 'asks', true
    ), p_facts, v_doubt.livemode
  );
  perform console.stripe_told_by(v_doubt.event_id, v_listed, v_answer);
  return 'kept';
end
$function$;

comment on function console.stripe_is_whole(text, boolean) is 'Internal: whether it is known what a customer has at Stripe.';
comment on function console.stripe_now_whole(text, boolean, text) is 'Internal: notes that it is known what a customer has.';
comment on function console.stripe_ask_holdings(text, boolean, text, timestamptz, boolean) is
  'Internal: has it asked for what a customer has; whether a person is to be told instead.';
comment on function console.stripe_tell_not_known(text, text, boolean) is
  'Internal: has a person told that nobody says what a customer has.';
comment on function console.stripe_looked_at(bigint) is 'Internal: notes that a person looked at what a customer has.';
comment on function console.end_stripe_listing(text, uuid, timestamptz, jsonb, timestamptz) is
  'Ends the doubt about what a customer has with what Stripe listed: kept, or lost.';

insert into console.functions (name, groups) values ('end_stripe_listing', '{receiver}');

select console.renew_grants();
