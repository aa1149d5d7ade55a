-- What of a payment was refunded and what a dispute took, said once for whoever asks (0077, 0079), and all that went back of one
-- payment intent, for the credits it bought (0079). 0077 adds the same up for many invoices at once: change both.
-- And how events that tell of one payment wait for each other, so that the later of two sees what the earlier one said.

-- What of a payment was refunded, in its own currency. The charge has the sum, the refunds have what became of each: a
-- refund that failed after the charge was last heard of is taken off again, if it was made before that and was heard of as one
-- that stood: of any other the charge may know nothing, or know that it failed. One that the charge was not yet heard to know of
-- counts already.
create function console.stripe_refunded(p_payment console.stripe_payments) returns numeric
language sql
stable
set search_path = ''
as $function$
  select greatest(
    coalesce(p_payment.amount_refunded, 0) - coalesce(sum(f.amount) filter (
      where f.status in ('failed', 'canceled') and f.failed_at > p_payment.as_of and f.stood_at is not null
        and coalesce(f.created_at <= p_payment.as_of, true)
    ), 0),
    coalesce(sum(f.amount) filter (where f.status not in ('failed', 'canceled')), 0)
  )
  from (
    select r.id, r.amount, r.status, r.stood_at, r.failed_at, r.created_at from console.stripe_refunds as r
    where r.charge_id = p_payment.id and r.livemode = p_payment.livemode
    union
    select r.id, r.amount, r.status, r.stood_at, r.failed_at, r.created_at from console.stripe_refunds as r
    where r.payment_intent_id = p_payment.payment_intent_id and r.livemode = p_payment.livemode
  ) as f;
$function$;

-- What a bank took back in a dispute, in that currency; null: nobody said what it comes to there. Disputes may be in
-- another currency than the payment: then what Stripe withdrew for it tells, if that was in the payment's; where it gave back
-- more than it took, nothing is lost.
create function console.stripe_lost(p_dispute console.stripe_disputes, p_currency text) returns numeric
language sql
immutable
set search_path = ''
as $function$
  select case
    when p_dispute.currency is null or p_currency is null or p_dispute.currency = p_currency then p_dispute.amount
    when p_dispute.withdrawn_currency = p_currency then case when p_dispute.withdrawn < 0 then 0 else p_dispute.withdrawn end
  end;
$function$;

-- What went back of what a payment intent paid: refunds, and disputes that were lost. One that is open is nobody's yet;
-- what was refunded cannot be disputed, so the two never tell of the same money. `apart`: what was lost in another
-- currency, [{"dispute", "currency", "amount"}], which is in no sum. Nor are disputes that a person has seen to (p_by_hand, by
-- id): those stand apart with what became of them since, {"status"} unless lost, or {"counts"}: what it came to.
create function console.stripe_went_back(
  p_payment_intent text, p_currency text, p_livemode boolean, p_by_hand jsonb, out back numeric, out apart jsonb
)
language sql
stable
set search_path = ''
as $function$
  select
    coalesce((
      -- A payment is there as what was intended and as what was charged: of the two, whichever heard of more.
      select max(console.stripe_refunded(m)) from console.stripe_payments as m
      where m.payment_intent_id = p_payment_intent and m.livemode = p_livemode
    ), 0) + coalesce(sum(console.stripe_lost(d, p_currency)) filter (where not p_by_hand ? d.id), 0),
    pg_catalog.jsonb_agg(
      pg_catalog.jsonb_build_object('dispute', d.id, 'currency', d.currency, 'amount', d.amount::text)
        || case
          when d.status <> 'lost' then pg_catalog.jsonb_build_object('status', d.status)
          when console.stripe_lost(d, p_currency) is not null
            then pg_catalog.jsonb_build_object('counts', console.stripe_lost(d, p_currency)::text)
          else '{}'
        end
      order by d.id
    ) filter (where p_by_hand ? d.id or (console.stripe_lost(d, p_currency) is null and d.amount <> 0))
  from console.stripe_disputes as d
  where
    d.livemode = p_livemode and (d.status = 'lost' or p_by_hand ? d.id)
    and (d.payment_intent_id = p_payment_intent or d.charge_id in (
      select c.id from console.stripe_payments as c where c.payment_intent_id = p_payment_intent and c.livemode = p_livemode
    ));
$function$;

-- Has whoever else applies news of the same payment or invoice wait until this transaction is over. An object names only
-- some of the others (a dispute its charge, the charge its payment intent, that one an invoice), and two that are written
-- at once do not see each other: each may find nothing to count. So whoever writes one holds what it names and what leads
-- on from there, always in this order: refunds, charges, payment intents, invoices. Of any two that belong to one payment
-- the later sees the earlier, and none waits for one that waits for it.
--
-- Who applies several events in one transaction keeps what each of them holds, in no order: two of those could wait for each other.
-- So they do not wait, and are told that it is held by somebody else (p_waits false): the event is applied a moment later.
create function console.stripe_hold(p_facts jsonb, p_waits boolean) returns boolean
language plpgsql
set search_path = ''
as $function$
declare
  v_refunds text[];
  v_charges text[];
  v_intents text[];
  v_invoices text[];
begin
  select
    pg_catalog.array_agg(case when f.is = 'refunds' then f.id else f.refund end),
    pg_catalog.array_agg(case when f.is = 'payments' then f.id else f.charge end),
    pg_catalog.array_agg(f.intent),
    pg_catalog.array_agg(case when f.is = 'invoices' then f.id else f.invoice end)
  into v_refunds, v_charges, v_intents, v_invoices
  from (
    select
      e ->> 'table' as is, e #>> '{row,id}' as id, e #>> '{row,refund_id}' as refund, e #>> '{row,charge_id}' as charge,
      e #>> '{row,payment_intent_id}' as intent, e #>> '{row,invoice_id}' as invoice
    from pg_catalog.jsonb_array_elements(p_facts) as e
    where e ->> 'table' in (
      'invoices', 'invoice_payments', 'payments', 'refunds', 'disputes', 'credit_notes', 'checkouts'
    )
  ) as f;
  if v_refunds is null then
    return true;
  end if;
  if not (console.stripe_hold_each(v_refunds, p_waits) and console.stripe_hold_each(v_charges, p_waits)) then
    return false;
  end if;
  v_intents := v_intents || array(
    select y.payment_intent_id from console.stripe_payments as y where y.id = any (v_charges)
    union
    select p.payment_intent_id from console.stripe_invoice_payments as p where p.charge_id = any (v_charges)
  );
  if not console.stripe_hold_each(v_intents, p_waits) then
    return false;
  end if;
  v_invoices := v_invoices || console.stripe_invoices_paid_by(v_intents, v_charges);
  return console.stripe_hold_each(v_invoices, p_waits);
end
$function$;

create function console.stripe_hold_each(p_ids text[], p_waits boolean) returns boolean
language plpgsql
set search_path = ''
as $function$
declare
  v_key bigint;
begin
  for v_key in
    select distinct pg_catalog.hashtextextended('console.stripe:' || i.id, 76) as key
    from pg_catalog.unnest(p_ids) as i (id) where i.id is not null
    order by key
  loop
    if p_waits then
      perform pg_catalog.pg_advisory_xact_lock(v_key);
    elsif not pg_catalog.pg_try_advisory_xact_lock(v_key) then
      return false;
    end if;
  end loop;
  return true;
end
$function$;

-- The customer that a fact is about. Refunds and disputes name the payment only, what pays an invoice the invoice only.
create function console.stripe_customer_of(p_fact jsonb) returns text
language sql
stable
set search_path = ''
as $function$
  select coalesce(
    case when p_fact ->> 'table' = 'customers' then p_fact #>> '{row,id}' end,
    p_fact #>> '{row,customer_id}',
    (
      select m.customer_id from console.stripe_payments as m
      where m.id = p_fact #>> '{row,charge_id}' or m.payment_intent_id = p_fact #>> '{row,payment_intent_id}'
      order by m.customer_id nulls last limit 1
    ), (
      select k.customer_id from console.stripe_checkouts as k where k.payment_intent_id = p_fact #>> '{row,payment_intent_id}'
      order by k.customer_id nulls last limit 1
    ), (
      select i.customer_id from console.stripe_invoices as i where i.id = p_fact #>> '{row,invoice_id}'
    )
  );
$function$;

-- The lock that events of a customer are claimed under (0050): whoever holds it is alone with all that follows for them.
create function console.stripe_hold_customer(p_customer text, p_waits boolean) returns boolean
language plpgsql
set search_path = ''
as $function$
declare
  v_key bigint := pg_catalog.hashtextextended('stripe:' || p_customer, 50);
begin
  if v_key is null then
    return true;
  end if;
  if p_waits then
    perform pg_catalog.pg_advisory_xact_lock(v_key);
    return true;
  end if;
  return pg_catalog.pg_try_advisory_xact_lock(v_key);
end
$function$;

comment on function console.stripe_refunded(console.stripe_payments) is
  'Internal: what of a payment was refunded and did not fail, in its own currency.';
comment on function console.stripe_lost(console.stripe_disputes, text) is
  'Internal: what a bank took back in a dispute, in that currency; null where nobody said.';
comment on function console.stripe_went_back(text, text, boolean, jsonb) is
  'Internal: what of a payment was refunded, or lost in a dispute, in that currency; apart: what was lost in another.';
comment on function console.stripe_hold(jsonb, boolean) is
  'Internal: has news of the same payments and invoices wait until the end of this transaction; false: somebody else has.';
comment on function console.stripe_hold_each(text[], boolean) is 'Internal: holds objects of one kind, in one order; false: somebody else does.';
comment on function console.stripe_customer_of(jsonb) is 'Internal: the customer that a fact is about.';
comment on function console.stripe_hold_customer(text, boolean) is 'Internal: holds a customer until the end of this transaction; false: somebody else does.';

select console.renew_grants();
