-- What went back of bought credits, taken back here. It follows both ways: a dispute that is won after all, or a refund that
-- fails, gives the credits back.
--
-- A dispute that was lost in another currency, and of which nobody said what it comes to in this one, is in no sum: an event
-- waits as a conflict for a person to say how many credits that is. As long as nobody has put it aside, Stripe may still
-- tell: then what it says counts, and the conflict is over. Once a person has, an adjustment may stand for it: nothing of
-- that dispute is ever counted, and each thing that becomes of it is told to a person anew. Whoever takes credits from the
-- account while the event still waits may have meant that dispute: what Stripe says of it then is told as well.

-- What events wait for a person to say of purchases, one row for each dispute.
create function console.stripe_apart_told(out id bigint, out checkout_id text, out apart jsonb) returns setof record
language sql
stable
set search_path = ''
as $function$
  select i.id, t.told ->> 'checkout', a.value
  from console.inbox as i
  cross join lateral pg_catalog.jsonb_path_query(i.outcome, '$.purchases[*] ? (exists (@.apart))') as t (told)
  cross join lateral pg_catalog.jsonb_array_elements(t.told -> 'apart') as a (value)
  where i.provider = 'stripe' and i.state = 'conflict' and console.stripe_words(i.outcome) && '{other_currency,settled_by_hand}';
$function$;

-- Purchases are waited for before events, by whoever has an event put aside as by whoever applies the next.
create function console.stripe_hold_purchases(p_event bigint) returns void
language plpgsql
set search_path = ''
as $function$
begin
  perform from console.stripe_purchases as p
  where p.checkout_id in (select t.checkout_id from console.stripe_apart_told() as t where t.id = p_event)
  order by p.checkout_id
  for update;
end
$function$;

-- Remembers that a person has seen to what an event waited for, of what is still so: who puts aside an older event after a newer
-- one has seen both.
create function console.stripe_seen_to(p_event bigint) returns void
language plpgsql
set search_path = ''
as $function$
begin
  perform console.stripe_looked_at(p_event);
  update console.stripe_purchases as p set by_hand = p.by_hand || s.seen
  from (
    select q.checkout_id, pg_catalog.jsonb_object_agg(a.value ->> 'dispute', a.value) as seen
    from console.stripe_purchases as q
    cross join lateral pg_catalog.jsonb_array_elements(q.apart) as a (value)
    where exists (
      select from console.stripe_apart_told() as t where t.id = p_event and t.checkout_id = q.checkout_id and t.apart = a.value
    )
    group by q.checkout_id
  ) as s
  where s.checkout_id = p.checkout_id;
  insert into console.stripe_not_counted (checkout_id, back, lost)
  select t.checkout_id, (t.told ->> 'back')::numeric, coalesce(t.told -> 'lost', '[]') from console.stripe_not_counted_told() as t
  where t.id = p_event and console.stripe_not_counted_stands(t.checkout_id, t.told)
  on conflict (checkout_id) do update set back = excluded.back, lost = excluded.lost;
end
$function$;

-- What stands apart of a purchase, {dispute: …}, while a person who had not put the event aside took credits from the account;
-- an event that is to be applied once more has not been put aside either.
create function console.stripe_adjusted(p_checkout text) returns jsonb
language sql
stable
set search_path = ''
as $function$
  select coalesce(pg_catalog.jsonb_object_agg(a.value ->> 'dispute', a.value), '{}')
  from console.stripe_purchases as p
  cross join lateral pg_catalog.jsonb_array_elements(p.apart) as a (value)
  where p.checkout_id = p_checkout and exists (
    select from console.inbox as i
    cross join lateral pg_catalog.jsonb_path_query(i.outcome, '$.purchases[*] ? (exists (@.apart))') as t (told)
    cross join lateral pg_catalog.jsonb_array_elements(t.told -> 'apart') as w (apart)
    where i.provider = 'stripe' and i.state in ('conflict', 'pending', 'dead') and console.stripe_words(i.outcome) && '{other_currency,settled_by_hand}'
      and t.told ->> 'checkout' = p.checkout_id and w.apart = a.value and exists (
      select from console.ledger_entries as l join console.audit as e on e.id = l.audit_id
      where
        l.account_id = p.account_id and l.kind in ('adjustment', 'refund') and l.amount < 0 and l.at > i.received_at
        and e.chain = 'staff'
        and not exists (select from console.ledger_entries as r where r.reverses = l.id)
    )
  );
$function$;

-- For each change one word: {"refunded" or "returned", "checkout"}; and {"apart": […], "checkout"} for what no event waits for yet.
create function console.stripe_settle_back(p_customer text, p_user text, p_livemode boolean, p_mode text, p_cause text) returns jsonb
language plpgsql
set search_path = ''
as $function$
declare
  v_said jsonb := '[]';
  v_bought record;
  v_back record;
  v_by_hand jsonb;
  v_taken numeric;
  v_credits jsonb;
  v_applied jsonb;
  v_audit bigint;
begin
  for v_bought in
    -- By what they were bought with: whoever bought them may have another account by now, and their customer nobody.
    select p.checkout_id, p.account_id, p.amount, p.refunded, p.apart, p.by_hand, p.mode, k.amount as paid, coalesce(k.payment_intent_id, p.payment_intent_id) as intent
    from console.stripe_purchases as p join console.stripe_checkouts as k on k.id = p.checkout_id
    where k.livemode = p_livemode and (k.customer_id = p_customer or (k.customer_id is null and k.user_named = p_user))
    order by p.checkout_id
    for update of p
  loop
    continue when p_mode <> 'live' and v_bought.mode = 'live';
    v_by_hand := v_bought.by_hand;
    if v_bought.apart is not null then
      v_by_hand := v_by_hand || console.stripe_adjusted(v_bought.checkout_id);
    end if;
    select w.* into v_back from console.stripe_went_back(v_bought.intent, 'USD', p_livemode, v_by_hand) as w;
    if v_back.apart is not null or v_bought.apart is not null then
      if v_by_hand <> v_bought.by_hand then
        -- What nothing new was said of waits as before: the event may still be put aside, the adjustment taken back.
        v_by_hand := v_bought.by_hand || coalesce((
          select pg_catalog.jsonb_object_agg(h.key, h.value) from pg_catalog.jsonb_each(v_by_hand) as h
          where not exists (select from pg_catalog.jsonb_array_elements(v_back.apart) as a where a = h.value)
        ), '{}');
        update console.stripe_purchases as p set by_hand = v_by_hand
        where p.checkout_id = v_bought.checkout_id and p.by_hand <> v_by_hand;
      end if;
      update console.stripe_purchases as p set apart = v_back.apart
      where p.checkout_id = v_bought.checkout_id and p.apart is distinct from v_back.apart;
      if p_mode = 'live' then
        perform console.stripe_waits_no_more(array(
          select t.id from console.stripe_apart_told() as t
          left join console.stripe_purchases as p on p.checkout_id = t.checkout_id
          group by t.id
          having bool_or(t.checkout_id = v_bought.checkout_id)
            and not bool_or(exists (select from pg_catalog.jsonb_array_elements(p.apart) as a where a = t.apart))
        ), '{other_currency,settled_by_hand}');
      end if;
      v_said := v_said || coalesce((
        select pg_catalog.jsonb_build_object('apart', pg_catalog.jsonb_agg(a), 'checkout', v_bought.checkout_id)
        from pg_catalog.jsonb_array_elements(v_back.apart) as a
        where v_by_hand -> (a ->> 'dispute') is distinct from a and not exists (
          select from console.stripe_apart_told() as t where t.checkout_id = v_bought.checkout_id and t.apart = a
        )
        having count(*) > 0
      ), '[]');
    end if;
    -- Of what was paid a part may have been tax: half of the money is half of the credits.
    v_taken := least(v_bought.amount, case
      when v_bought.paid > v_bought.amount then round(v_back.back * v_bought.amount / v_bought.paid, 2) else v_back.back
    end) - v_bought.refunded;
    continue when v_taken = 0;
    if v_bought.mode = 'live' then
      v_credits := pg_catalog.jsonb_build_object(
        'account', v_bought.account_id, 'label', v_bought.account_id, 'type', 'refund', 'bucket', 'total_purchased',
        'amount', -v_taken, 'reverses', null,
        'description', case when v_taken > 0 then 'Refunded at Stripe: ' else 'Not refunded at Stripe after all: ' end || v_bought.checkout_id
      );
      v_applied := console.credits_apply(v_credits);
      v_audit := console.audit_write('system', case when v_taken > 0 then 'refund_credits' else 'return_credits' end,
        'account', v_bought.account_id, pg_catalog.jsonb_build_object(
          'reason', case when v_taken > 0 then 'Refunded at Stripe' else 'Not refunded at Stripe after all' end, 'cause', p_cause,
          'changes', v_applied -> 'changes', 'warnings', v_applied -> 'warnings'
        ));
      perform console.credits_record(v_credits, v_applied, v_audit);
    end if;
    update console.stripe_purchases as p set refunded = p.refunded + v_taken where p.checkout_id = v_bought.checkout_id;
    v_said := v_said || pg_catalog.jsonb_build_object(
      case when v_taken > 0 then 'refunded' else 'returned' end, abs(v_taken)::text, 'checkout', v_bought.checkout_id
    );
  end loop;
  return v_said;
end
$function$;

comment on function console.stripe_apart_told() is 'Internal: disputes about purchases that events wait for a person to see to.';
comment on function console.stripe_hold_purchases(bigint) is 'Internal: holds the purchases that an event waits for a person to see to.';
comment on function console.stripe_seen_to(bigint) is 'Internal: remembers that a person has seen to what an event waited for.';
comment on function console.stripe_adjusted(text) is
  'Internal: disputes about a purchase that an event waits for, and meanwhile a person took credits from the account.';
comment on function console.stripe_settle_back(text, text, boolean, text, text) is 'Internal: takes back credits of which the money went back, and gives them back.';

select console.renew_grants();
