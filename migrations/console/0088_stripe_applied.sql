-- An event of Stripe's is applied: kept in the mirror (0051), with what it leaves in doubt (0062), and everything settled for its
-- customer by the parts of 0052, 0079, 0084 and 0089.

-- Everything that follows for one customer. {"user", "mode", …what was done or would be}
create function console.stripe_settle(p_customer text, p_livemode boolean, p_user_named text, p_cause text) returns jsonb
language plpgsql
set search_path = ''
set timezone to 'UTC'
as $function$
declare
  v_mode text := console.effect_mode('stripe_events', null);
  v_user text := console.stripe_user(p_customer, p_livemode);
  v_linked boolean := false;
  v_standing jsonb;
  v_hold console.stripe_holds;
  v_plan text;
  v_deadline timestamptz;
  v_now timestamptz;
  v_acted boolean := false;
  v_did jsonb := '{}';
begin
  if v_mode = 'off' then
    return '{"mode": "off"}';
  end if;
  if v_user is null and p_customer is not null then
    v_user := console.stripe_user_named(p_customer, p_livemode);
    v_linked := v_user is not null;
  elsif v_user is null and p_user_named is not null then
    select u.id into v_user from console.users as u where u.id = p_user_named;
  end if;
  if console.lacking('{lock_users}') is null then
    perform console.lock_users(array(
      select pg_catalog.unnest(array[u.id, u.account_owner_id]) from console.users as u where u.id = v_user
      union
      select p.account_id from console.stripe_purchases as p join console.stripe_checkouts as k on k.id = p.checkout_id
      where k.customer_id = p_customer or (k.customer_id is null and k.user_named = coalesce(v_user, p_user_named))
    ));
  end if;
  if v_user is null then
    -- Whose credits they were is known all the same.
    return pg_catalog.jsonb_build_object(
      'mode', v_mode, 'user', null, 'purchases', console.stripe_settle_back(p_customer, p_user_named, p_livemode, v_mode, p_cause)
        || case when v_mode = 'live' then console.stripe_settle_not_counted(p_customer, p_user_named, p_livemode) else '[]' end
    );
  end if;
  v_did := pg_catalog.jsonb_build_object('mode', v_mode, 'user', v_user);
  if v_linked and (v_mode <> 'live' or console.stripe_write_user(v_user, 'link_customer', pg_catalog.jsonb_build_object(
    case when p_livemode or not console.can_write('write_users', 'stripe_test_customer_id')
      then 'stripe_customer_id' else 'stripe_test_customer_id' end, p_customer
  ), p_cause, 'Stripe''s customer names this user')) then
    v_did := v_did || '{"linked": true}';
  end if;

  v_standing := console.stripe_standing(p_customer, p_livemode);
  if v_standing ? 'unknown' then
    v_did := v_did || pg_catalog.jsonb_build_object('unknown', v_standing -> 'unknown');
  end if;
  if v_mode = 'shadow' then
    return console.stripe_paid(v_user, v_did || pg_catalog.jsonb_build_object(
      'would', v_standing, 'purchases', console.stripe_settle_purchases(p_customer, v_user, p_livemode, v_mode, p_cause)
        || console.stripe_settle_back(p_customer, v_user, p_livemode, v_mode, p_cause)
    ));
  end if;

  if v_standing ? 'sets' and console.stripe_write_user(
    v_user, 'subscription_changed', v_standing -> 'sets', p_cause, 'Stripe''s subscription is ' || (v_standing #>> '{sets,stripe_subscription_status}')
  ) then
    v_did := v_did || pg_catalog.jsonb_build_object('subscription', v_standing #> '{sets,stripe_subscription_status}');
  end if;

  select h.* into v_hold from console.stripe_holds as h where h.user_id = v_user;
  select u.billing_mode, u.downgrade_deadline into v_plan, v_now from console.users as u where u.id = v_user;
  if v_standing ->> 'plan' = 'ended' and console.stripe_ends_due(p_customer, p_livemode) then
    -- Free where the service knows the word, else no plan.
    if v_plan is distinct from 'postpaid' then
      v_acted := true;
    elsif console.stripe_write_user(v_user, 'change_plan', '{"billing_mode": "free"}', p_cause, 'The subscription ended')
      or console.stripe_write_user(v_user, 'change_plan', '{"billing_mode": null}', p_cause, 'The subscription ended')
    then
      insert into console.stripe_holds (user_id, plan_before, plan_set, plan_held)
      values (v_user, v_plan, (select u.billing_mode from console.users as u where u.id = v_user), true)
      on conflict (user_id) do update set plan_before = excluded.plan_before, plan_set = excluded.plan_set, plan_held = true;
      v_did := v_did || '{"plan": "ended"}';
      v_acted := true;
    else
      v_did := v_did || '{"plan": "refused"}';
    end if;
    update console.stripe_ends as e set acted_at = pg_catalog.clock_timestamp()
    from console.stripe_subscriptions as s
    where v_acted and e.acted_at is null and s.id = e.subscription_id and s.customer_id = p_customer and s.livemode = p_livemode;
  elsif v_standing ->> 'plan' = 'back' and v_hold.plan_held then
    -- Only what was taken for that reason, and only where nobody has decided otherwise since.
    if v_plan is not distinct from v_hold.plan_set and console.stripe_write_user(
      v_user, 'change_plan', pg_catalog.jsonb_build_object('billing_mode', v_hold.plan_before), p_cause, 'The subscription is back'
    ) then
      v_did := v_did || '{"plan": "back"}';
    end if;
    update console.stripe_holds as h set plan_held = false, plan_before = null, plan_set = null where h.user_id = v_user;
  end if;
  if v_standing ->> 'plan' = 'back' then
    -- One that ended stays ended: told once more, it ends nothing. One that runs again may end again.
    delete from console.stripe_ends as e using console.stripe_subscriptions as s
    where s.id = e.subscription_id and s.customer_id = p_customer and s.livemode = p_livemode
      and s.status not in ('canceled', 'incomplete_expired', 'unpaid');
    update console.stripe_ends as e set acted_at = pg_catalog.clock_timestamp()
    from console.stripe_subscriptions as s
    where e.acted_at is null and s.id = e.subscription_id and s.customer_id = p_customer and s.livemode = p_livemode;
  end if;

  -- A deadline that somebody else set, or moved, is theirs.
  v_deadline := (v_standing ->> 'deadline')::timestamptz;
  if v_standing ->> 'unknown' is distinct from 'ended' and console.can_write('write_users', 'downgrade_deadline') and v_now is not distinct from v_hold.deadline
    and v_deadline is distinct from v_now
  then
    if console.stripe_write_user(
      v_user, case when v_deadline is null then 'lift_deadline' else 'set_deadline' end,
      pg_catalog.jsonb_build_object('downgrade_deadline', v_deadline), p_cause, coalesce(v_standing ->> 'why', 'The payment is mended')
    ) then
      insert into console.stripe_holds (user_id, deadline) values (v_user, v_deadline)
      on conflict (user_id) do update set deadline = excluded.deadline;
      v_did := v_did || pg_catalog.jsonb_build_object('deadline', v_deadline);
    end if;
  end if;
  delete from console.stripe_holds as h where h.user_id = v_user and not h.plan_held and h.deadline is null;

  return console.stripe_paid(v_user, v_did || pg_catalog.jsonb_build_object(
    'bills', console.stripe_settle_bills(p_customer, v_user, p_livemode),
    'purchases', console.stripe_settle_purchases(p_customer, v_user, p_livemode, v_mode, p_cause)
      || console.stripe_settle_back(p_customer, v_user, p_livemode, v_mode, p_cause)
      || console.stripe_settle_not_counted(p_customer, v_user, p_livemode)
  ));
end
$function$;

-- Applies one event: keeps what it says, then has follow what follows. p_event: {"id", "kind", "created",
-- "livemode", "asks", "yields"}; p_facts: see stripe_keep; p_live: the mode this receiver works for. Answers {"result": "done" or
-- "conflict", "outcome": {…}}; or, to one that yields, {"result": "held"}: somebody else is at its payment or customer, nothing was done.
create function console.apply_stripe(p_event jsonb, p_facts jsonb, p_live boolean) returns jsonb
language plpgsql
security definer
set search_path = ''
set timezone to 'UTC'
as $function$
declare
  v_livemode boolean := (p_event ->> 'livemode')::boolean;
  v_fact jsonb;
  v_customer text;
  v_named text;
  v_kept boolean := false;
  v_outcome jsonb;
  v_settled jsonb;
  v_doubts jsonb;
  v_unordered text;
  v_tell boolean := false;
  v_words text[] := '{}';
begin
  if v_livemode is null or p_live is null then
    perform console.refuse('HD005', 'Say which mode it is.', '{"argument": "livemode"}');
  end if;
  if coalesce((p_event ->> 'yields')::boolean, false) then
    if not console.stripe_hold(p_facts, false) then
      return '{"result": "held", "outcome": {}}';
    end if;
    -- Those that name their customer were claimed with them. Of others, refunds and disputes, it is known only now.
    for v_fact in select f from pg_catalog.jsonb_array_elements(p_facts) as f loop
      if not console.stripe_hold_customer(console.stripe_customer_of(v_fact), false) then
        return '{"result": "held", "outcome": {}}';
      end if;
    end loop;
  else
    perform console.stripe_hold(p_facts, true);
  end if;
  -- Looked at first: hardly ever is there anything to write, and a row written by every event would hold up all.
  if not exists (select from console.stripe_mode as m where m.livemode = p_live) then
    update console.stripe_mode as m set livemode = p_live;
  end if;
  for v_fact in select f from pg_catalog.jsonb_array_elements(p_facts) as f loop
    if v_livemode = p_live then
      perform console.stripe_doubt(v_fact, (p_event ->> 'created')::timestamptz, p_event ->> 'id', v_livemode);
    end if;
    v_kept := console.stripe_keep(v_fact, (p_event ->> 'created')::timestamptz, p_event ->> 'id', v_livemode) or v_kept;
    perform console.stripe_note(v_fact, v_livemode = p_live, p_event ->> 'kind' is distinct from 'listed');
    if v_fact ->> 'table' = 'customers' then
      if p_event ->> 'kind' = 'customer.created' then
        perform console.stripe_now_whole(v_fact #>> '{row,id}', v_livemode, 'made');
      end if;
    end if;
    v_customer := coalesce(v_customer, console.stripe_customer_of(v_fact));
    v_named := coalesce(v_named, v_fact #>> '{row,user_named}');
    v_named := coalesce(v_named, (
      select k.user_named from console.stripe_checkouts as k
      where k.customer_id is null and k.payment_intent_id = v_fact #>> '{row,payment_intent_id}' limit 1
    ));
  end loop;
  perform console.stripe_place_invoices_of(v_customer, v_livemode);
  v_outcome := pg_catalog.jsonb_build_object('kept', v_kept, 'customer', v_customer);
  if p_facts = '[]' then
    return '{"result": "done", "outcome": {"note": "nothing follows from events of this kind"}}';
  end if;
  if v_livemode <> p_live then
    return pg_catalog.jsonb_build_object('result', 'done', 'outcome', v_outcome || pg_catalog.jsonb_build_object(
      'note', case when v_livemode then 'an event of the live mode' else 'an event of the test mode' end || ': nothing follows here'
    ));
  end if;
  -- What is left in doubt is asked for (0062): until then nothing follows from what cannot be ordered.
  select
    pg_catalog.jsonb_object_agg(d.object_id, d.why), min(d.object_id) filter (where d.why = 'one_second')
  into v_doubts, v_unordered
  from console.stripe_doubts as d where d.event_id = p_event ->> 'id';
  if v_doubts is not null then
    v_outcome := v_outcome || pg_catalog.jsonb_build_object(
      case when (p_event ->> 'asks')::boolean then 'asks' else 'not_asked' end, v_doubts
    );
  end if;
  if v_unordered is not null then
    v_outcome := v_outcome || pg_catalog.jsonb_build_object('object', v_unordered);
    return case when (p_event ->> 'asks')::boolean
      then pg_catalog.jsonb_build_object('result', 'done', 'outcome', v_outcome)
      else pg_catalog.jsonb_build_object(
        'result', 'conflict', 'outcome', v_outcome || pg_catalog.jsonb_build_object('conflict', 'cannot_be_ordered')
      )
    end;
  end if;
  if v_customer is null and v_named is null then
    return pg_catalog.jsonb_build_object('result', 'done', 'outcome', v_outcome);
  end if;
  v_settled := console.stripe_settle(v_customer, v_livemode, v_named, p_event ->> 'id');
  v_outcome := v_outcome || v_settled;
  if v_settled ? 'unknown' then
    v_tell := console.stripe_ask_holdings(
      v_customer, v_livemode, p_event ->> 'id', (p_event ->> 'created')::timestamptz, (p_event ->> 'asks')::boolean
    ) and v_settled ->> 'mode' = 'live';
  end if;
  if v_settled ? 'linked' then
    perform console.stripe_place_invoices_of(v_customer, v_livemode);
  end if;
  if v_settled ->> 'user' is null and v_settled ->> 'mode' = 'live' and exists (
    select from console.stripe_checkouts as k
    where k.livemode = v_livemode and k.mode = 'payment' and k.payment_status = 'paid' and k.paid_mode = 'live' and k.amount > 0
      and (k.customer_id = v_customer or k.user_named = v_named)
      and not exists (select from console.stripe_purchases as p where p.checkout_id = k.id)
      and not exists (select from console.stripe_not_counted as n where n.checkout_id = k.id)
  ) then
    -- Somebody paid, and nobody here is that customer.
    return pg_catalog.jsonb_build_object(
      'result', 'conflict', 'outcome', v_outcome || pg_catalog.jsonb_build_object('conflict', 'unknown_customer')
    );
  end if;
  if v_settled ->> 'user' is not null then
    -- Payments that waited for the customer to be known were just counted.
    perform console.stripe_waits_no_more(array(
      select i.id from console.inbox as i
      where i.state = 'conflict' and i.provider = 'stripe' and 'unknown_customer' = any (console.stripe_words(i.outcome))
        and i.outcome ->> 'customer' = v_customer and i.livemode = v_livemode
    ), '{unknown_customer}');
  end if;
  if v_settled ->> 'user' is not null and v_settled ->> 'mode' = 'live' and v_settled ->> 'plan' is distinct from 'refused'
    and not console.stripe_ends_due(v_customer, v_livemode) then
    -- The plan that could not be ended has ended, or need not end; a new attempt to subscribe is neither.
    perform console.stripe_waits_no_more(array(
      select i.id from console.inbox as i
      where i.state = 'conflict' and i.provider = 'stripe' and 'plan_not_ended' = any (console.stripe_words(i.outcome))
        and i.outcome ->> 'customer' = v_customer and i.livemode = v_livemode
    ), '{plan_not_ended}');
  end if;
  -- One event may have several things told to a person.
  if v_settled ->> 'mode' = 'live' and pg_catalog.jsonb_path_exists(v_settled, '$.purchases[*].apart[*]') then
    -- What was bought was lost in another currency: how many credits that is, a person says. Or there is news of one that a
    -- person has seen to.
    v_words := v_words || case
      when exists (
        select from pg_catalog.jsonb_path_query(v_settled, '$.purchases[*] ? (exists (@.apart))') as t (told)
        join console.stripe_purchases as p on p.checkout_id = t.told ->> 'checkout'
        cross join lateral pg_catalog.jsonb_array_elements(t.told -> 'apart') as a (value)
        where p.by_hand ? (a.value ->> 'dispute')
      ) then 'settled_by_hand'
      else 'other_currency'
    end;
  end if;
  if v_settled ->> 'mode' = 'live' and pg_catalog.jsonb_path_exists(v_settled, '$.purchases[*].not_counted') then
    -- Credits were paid in another currency, or money of that went back: how many that is, a person says.
    v_words := v_words || '{credits_in_other_currency}';
  end if;
  if v_tell then
    -- Something would follow if this were all that the customer has.
    v_words := v_words || '{not_all_known}';
  end if;
  if v_settled ->> 'plan' = 'refused' and not exists (
    select from console.inbox as i
    where i.provider = 'stripe' and i.state = 'conflict' and 'plan_not_ended' = any (console.stripe_words(i.outcome))
      and i.outcome ->> 'customer' = v_customer and i.livemode = v_livemode
  ) then
    -- The service takes no word for it: whoever has not paid goes on, until a person sees to that.
    v_words := v_words || '{plan_not_ended}';
  end if;
  if v_words <> '{}' then
    return pg_catalog.jsonb_build_object('result', 'conflict', 'outcome', console.stripe_waits_for(v_outcome, v_words));
  end if;
  return pg_catalog.jsonb_build_object('result', 'done', 'outcome', v_outcome);
end
$function$;

comment on function console.stripe_settle(text, boolean, text, text) is 'Internal: everything that follows for one customer.';
comment on function console.apply_stripe(jsonb, jsonb, boolean) is
  'Applies an event of Stripe''s: {"result": "done" or "conflict", "outcome"}. Read by programs.';

insert into console.functions (name, groups) values ('apply_stripe', '{receiver}');

select console.renew_grants();
