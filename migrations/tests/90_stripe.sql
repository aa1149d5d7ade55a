-- What Stripe says: newer wins whatever the order, modes do not mix, and what follows is on record.
begin;
set local search_path = public, extensions, tap;
select * from no_plan();
select tap.hire();
select tap.a_service();
update public.users set stripe_customer_id = 'cus_dan', billing_mode = 'postpaid' where id = 'o|dan';
insert into console.stripe_whole (customer_id, livemode, how) values ('cus_dan', true, 'made');

create function pg_temp.apply(id text, at int, facts jsonb, livemode boolean default true, live boolean default true) returns jsonb language plpgsql as $$
declare
  answer text := tap.told('tap_receiver', format('select console.apply_stripe(%L, %L, %L)', jsonb_build_object(
    'id', id, 'kind', 'x', 'created', timestamptz '2026-01-01 00:00:00+00' + at * interval '1 second', 'livemode', livemode
  ), facts, live));
begin
  return case when answer like '[_____]' then to_jsonb(answer) else answer::jsonb end;
end
$$;
create function pg_temp.subscription(status text, rank int default 0) returns jsonb language sql as $$
  select jsonb_build_array(jsonb_build_object('table', 'subscriptions', 'rank', rank, 'row', jsonb_build_object(
    'id', 'sub_1', 'customer_id', 'cus_dan', 'status', status, 'created_at', '2026-01-01', 'collection_method', 'send_invoice')))
$$;
create function pg_temp.dan() returns text language sql as $$
  select concat_ws(' ', billing_mode, stripe_subscription_status, (downgrade_deadline at time zone 'UTC')::date) from public.users where id = 'o|dan'
$$;

select is(tap.told('tap_support', 'select console.apply_stripe(''{}'', ''[]'', true)'), '[42501]', 'staff apply nothing');
select is(pg_temp.apply('e2', 2, pg_temp.subscription('active')) ->> 'result', 'done', 'an event is applied');
select is(pg_temp.dan(), 'postpaid active', 'and the user says so');
select is(pg_temp.apply('e1', 1, pg_temp.subscription('incomplete')) #>> '{outcome,kept}', 'false', 'an older one is not');
select is(pg_temp.dan(), 'postpaid active', 'and changes nothing');
select is(pg_temp.apply('e3', 2, pg_temp.subscription('canceled', 9)) #>> '{outcome,plan}', 'ended', 'of one second the one further along wins');
select is(pg_temp.dan(), 'free canceled', 'the plan ends with the subscription');
select is(pg_temp.apply('e4', 5, pg_temp.subscription('active')) #>> '{outcome,plan}', 'back', 'and comes back with it');
select is(pg_temp.dan(), 'postpaid active', 'as it was');
select is((select count(*)::int from console.stripe_holds), 0, 'nothing is held any more');
select is(pg_temp.apply('e5', 6, pg_temp.subscription('canceled')) ->> 'result', 'done', 'it ends again');
select is(tap.acts('tap_finance', 'change_plan', 'o|dan', '{"plan": "prepaid"}') #>> '{changes,0,after}', 'prepaid', 'finance decides otherwise');
select is(pg_temp.apply('e6', 7, pg_temp.subscription('active')) #>> '{outcome,plan}', null, 'what a person decided is not taken back');
select is(pg_temp.dan(), 'prepaid active', 'it stays');
update public.users set billing_mode = 'postpaid' where id = 'o|dan';
select is(pg_temp.apply('e7', 8, pg_temp.subscription('past_due')) ->> 'result', 'done', 'a payment fails');
select is(pg_temp.dan(), 'postpaid past_due 2026-01-08', 'there is a week to mend it');
update public.users set downgrade_deadline = '2026-03-01 00:00+00' where id = 'o|dan';
select is(pg_temp.apply('e8', 9, pg_temp.subscription('active')) ->> 'result', 'done', 'it is mended');
select is(pg_temp.dan(), 'postpaid active 2026-03-01', 'a deadline that somebody moved is theirs');

select is(pg_temp.apply('t1', 20, pg_temp.subscription('canceled'), false) #>> '{outcome,note}', 'an event of the test mode: nothing follows here', 'the test mode touches nobody');
select is((select status || livemode from console.stripe_subscriptions), 'activetrue', 'and no row of the live mode');
select is(pg_temp.apply('x', 1, '[{"table": "users", "row": {"id": "1"}}]'), '"[HD005]"', 'only the mirror is written');
select is(pg_temp.apply('x', 1, '[]') #>> '{outcome,note}', 'nothing follows from events of this kind', 'of nothing follows nothing');

update console.effect_switches set mode = 'off' where effect = 'stripe_events';
select is(pg_temp.apply('e9', 30, pg_temp.subscription('canceled')) #>> '{outcome,mode}', 'off', 'switched off, nothing follows');
select is(pg_temp.dan(), 'postpaid active 2026-03-01', 'nothing at all');
update console.effect_switches set mode = 'shadow' where effect = 'stripe_events';
select is(pg_temp.apply('e10', 31, pg_temp.subscription('canceled')) #>> '{outcome,would,plan}', 'ended', 'in shadow it is said');
select is(pg_temp.dan(), 'postpaid active 2026-03-01', 'and not done');
update console.effect_switches set mode = 'live' where effect = 'stripe_events';
select is(pg_temp.apply('e10', 31, pg_temp.subscription('canceled')) #>> '{outcome,plan}', 'ended', 'live again, a replay catches up');

select is((select string_agg(distinct chain, ' ') from console.audit where action in ('subscription_changed', 'set_deadline') or (action = 'change_plan' and chain = 'system')), 'system', 'all of it is on record');
set constraints all immediate;
select is(tap.told('tap_receiver', 'select console.verify_audit(''system'') ->> ''ok'''), 'true', 'in a chain that holds');
-- What is in doubt is asked for, not guessed.
create function pg_temp.asks(id text, at int, facts jsonb, asks boolean, livemode boolean default true) returns jsonb language sql as $$
  select tap.told('tap_receiver', format('select console.apply_stripe(%L, %L, true)', jsonb_build_object(
    'id', id, 'kind', 'x', 'created', timestamptz '2026-02-01 00:00:00+00' + at * interval '1 second', 'livemode', livemode, 'asks', asks
  ), facts))::jsonb
$$;
create function pg_temp.doubts() returns text language sql as $$
  select coalesce(string_agg(object_id || ' ' || kind || ' ' || why, ', ' order by object_id), '') from console.stripe_doubts
$$;
create temporary table asked (object_id text, lease uuid, why text);
grant all on asked to public;
create function pg_temp.claims(after interval, live boolean default true) returns text language plpgsql as $$
begin
  delete from asked;
  return coalesce(tap.told('tap_receiver', format(
    'with c as (insert into pg_temp.asked select object_id, lease, why from console.claim_stripe_doubts(10, %L, %L) returning *) select string_agg(object_id, '' '' order by object_id) from c',
    clock_timestamp() + after, live)), '');
end
$$;
create function pg_temp.ends(object text, fact jsonb, as_of timestamptz, error text default null) returns text language sql as $$
  select tap.told('tap_receiver', format('select console.end_stripe_doubt(%L, %L, %L, %L, %L, %L, %L)', a.object_id, a.lease, clock_timestamp(), fact, as_of, error,
    case when error is not null then clock_timestamp() end)) from asked as a where a.object_id = object
$$;
delete from console.stripe_doubts;
insert into console.inbox (provider, event_id, received_at, next_attempt_at, body, state, livemode, outcome) values
('stripe', 'd2', now(), now(), '', 'conflict', true, '{"conflict": "cannot_be_ordered", "object": "sub_1"}'),
('stripe', 'd4', now(), now(), '', 'conflict', true, '{"conflict": "cannot_be_ordered", "object": "sub_1"}');
select is(pg_temp.asks('d1', 10, pg_temp.subscription('active', 5), false) ->> 'result', 'done', 'one event of a second');
select is(pg_temp.asks('d0', 10, pg_temp.subscription('active', 5), false) ->> 'result', 'done', 'another that says the same');
select is(pg_temp.doubts(), 'cus_dan customers never_seen', 'no doubt about it; but of the customer nobody has heard');
delete from console.stripe_doubts;
insert into console.stripe_customers (id, livemode, as_of, rank, event_id) values ('cus_dan', true, '2026-01-01', 0, 'c');
select is((select answer #>> '{outcome,conflict}' || ' ' || (answer ->> 'result') from pg_temp.asks('d2', 10, pg_temp.subscription('past_due', 5), false) as answer), 'cannot_be_ordered conflict', 'one that says something else cannot be ordered');
select is(pg_temp.doubts(), 'sub_1 subscriptions one_second', 'it is in doubt');
select is((select stripe_subscription_status from public.users where id = 'o|dan'), 'active', 'and nothing follows');
select is(pg_temp.asks('d3', 11, pg_temp.subscription('active', 5), false) ->> 'result', 'done', 'newer news');
select is(pg_temp.doubts(), '', 'ends it');
select is((select string_agg(state, ' ') from console.inbox where event_id in ('d2', 'd4')), 'done done', 'for whoever waited');
create function pg_temp.paid(id text) returns jsonb language sql as $$
  select pg_temp.asks(id, 20, jsonb_build_array(jsonb_build_object('table', 'invoices', 'rank', 5, 'row', jsonb_build_object(
    'id', 'in_twice', 'customer_id', 'cus_dan', 'currency', 'USD', 'status', 'paid', 'total', '5', 'lines_complete', true))), false)
$$;
select pg_temp.paid('p1');
select console.stripe_place_invoices();
select is((select user_id from console.stripe_invoices where id = 'in_twice'), 'o|dan', 'an invoice whose user is known');
select is(pg_temp.paid('p2') ->> 'result', 'done', 'of which the same is said twice in a second');
select is(pg_temp.doubts(), '', 'is in no doubt');
select is((select (answer ->> 'result') || ' ' || (answer #>> '{outcome,asks,sub_1}') from pg_temp.asks('d4', 11, pg_temp.subscription('past_due', 5), true) as answer), 'done one_second', 'with a key it is asked for');
select is(pg_temp.claims('1 second'), '', 'not at once: what comes in this moment would be as old');
select is(pg_temp.claims('10 seconds', false), '', 'not by a key of the other mode');
select is(pg_temp.claims('10 seconds'), 'sub_1', 'then');
select is(pg_temp.claims('20 seconds'), '', 'by one');
select is(pg_temp.claims('3 minutes'), '', 'by the clock of the database');
update console.stripe_doubts set leased_until = clock_timestamp() where lease is not null;
select pg_temp.claims('3 minutes');
select is(pg_temp.ends('sub_1', pg_temp.subscription('past_due', 5) -> 0, '2026-02-01 00:00:11+00'), 'older', 'an answer as old as the doubt settles nothing');
select pg_temp.claims('1 minute');
select is(pg_temp.ends('sub_1', pg_temp.subscription('past_due', 5) -> 0 || '{"table": "customers"}', '2026-02-01 00:01:00+00'), '[HD005]', 'nor does another object');
select is(pg_temp.ends('sub_1', pg_temp.subscription('past_due', 5) -> 0, '2026-02-01 00:01:00+00'), 'kept', 'what Stripe says now does');
select is((select stripe_subscription_status from public.users where id = 'o|dan'), 'past_due', 'and what follows follows');
select is(pg_temp.doubts(), '', 'nothing is in doubt');
select is(pg_temp.ends('sub_1', null, null), 'lost', 'once');
select pg_temp.asks('d5', 61, pg_temp.subscription('active', 5), true);
select pg_temp.asks('d6', 61, pg_temp.subscription('unpaid', 5), true);
update console.inbox set event_id = 'd6' where event_id = 'd4';
select pg_temp.claims('10 seconds');
select is(pg_temp.ends('sub_1', null, null, 'Stripe does not answer.'), 'again', 'whoever does not answer is asked again');
select is((select last_error from console.stripe_doubts), 'Stripe does not answer.', 'and why is kept');
select is((select state from console.inbox where event_id = 'd6'), 'done', 'for a while nobody is told');
update console.stripe_doubts set attempts = 4;
select pg_temp.claims('10 minutes');
select is(pg_temp.ends('sub_1', null, null, 'Stripe does not answer.'), 'again', 'long after');
select is((select state || ' ' || (outcome ->> 'conflict') from console.inbox where event_id = 'd6'), 'conflict cannot_be_ordered', 'a person is');
select pg_temp.claims('20 minutes');
select is(pg_temp.ends('sub_1', null, null), 'gone', 'until it turns out to be gone');
select is((select state from console.inbox where event_id = 'd6'), 'done', 'and that is over, too');

create function pg_temp.note(id text, invoice text) returns jsonb language sql as $$
  select jsonb_build_array(jsonb_build_object('table', 'credit_notes', 'rank', 0, 'row', jsonb_build_object('id', id, 'customer_id', 'cus_dan', 'invoice_id', invoice, 'total', '1.00', 'currency', 'USD')))
$$;
create function pg_temp.long(complete boolean) returns jsonb language sql as $$
  select jsonb_build_array(jsonb_build_object('table', 'invoices', 'rank', 0, 'row', jsonb_build_object('id', 'in_long', 'customer_id', 'cus_dan', 'status', 'open', 'lines_complete', complete)))
$$;
select is(pg_temp.asks('n1', 0, pg_temp.note('cn_1', 'in_never'), true) #>> '{outcome,asks,in_never}', 'never_seen', 'a credit note of an invoice nobody has seen');
select is(pg_temp.claims('30 seconds'), '', 'which may be on its way');
select is(pg_temp.claims('2 minutes'), 'in_never', 'for a minute');
select is(pg_temp.ends('in_never', null, null), 'gone', 'Stripe may have none');
select is(pg_temp.asks('n0', 0, jsonb_set(pg_temp.note('cn_0', 'in_never'), '{0,row,refund_id}', '"re_never"'), true) #>> '{outcome,asks,re_never}', 'never_seen', 'nor has anybody seen its refund');
delete from console.stripe_doubts where object_id in ('in_never', 're_never');
select is(pg_temp.asks('n2', 1, pg_temp.note('cn_2', 'in_long'), false) #>> '{outcome,not_asked,in_long}', 'never_seen', 'without a key the event says so');
select is(pg_temp.asks('n3', 2, pg_temp.long(false), true) #>> '{outcome,asks,in_long}', 'lines', 'an invoice with more lines than were sent has come');
select is(pg_temp.doubts(), 'in_long invoices lines', 'all of them are asked for');
select pg_temp.claims('1 second');
select is(pg_temp.ends('in_long', pg_temp.long(true) -> 0, '2026-02-01 00:02:00+00'), 'kept', 'they are there');
select is((select lines_complete::text from console.stripe_invoices where id = 'in_long'), 'true', 'and it is whole');
select pg_temp.asks('n4', 3, pg_temp.note('cn_3', 'in_test'), true, false);
select is(pg_temp.doubts(), '', 'of the other mode nothing is asked');
select is(tap.told(login, statement), '[42501]', login || ' may not: ' || statement)
from unnest(array['tap_support', 'tap_admin', 'tap_auditor', 'tap_stranger']) as login
cross join unnest(array['select * from console.claim_stripe_doubts(1, now(), true)', 'select console.end_stripe_doubt(''x'', null, now(), null, null, null, null)', 'delete from console.stripe_doubts']) as statement;
select is(tap.told('tap_receiver', statement), '[HD005]', statement || ' is refused')
from unnest(array[
  'select * from console.claim_stripe_doubts(0, now(), true)', 'select * from console.claim_stripe_doubts(1, null, true)', 'select * from console.claim_stripe_doubts(1, now(), null)',
  'select console.end_stripe_doubt(''x'', null, null, null, null, null, null)', 'select console.end_stripe_doubt(''x'', null, now(), ''{}'', null, null, null)',
  'select console.end_stripe_doubt(''x'', null, now(), null, null, ''x'', ''infinity'')'
]) as statement;

-- A dispute that is lost takes back what was bought, once, and no more than was not refunded already.
create function pg_temp.says(name text, id text, more jsonb, at int) returns void language sql as $$
  select pg_temp.asks(name || id || at, 1000 + at, jsonb_build_array(jsonb_build_object('table', name, 'rank', at, 'row', more || jsonb_build_object('id', id, 'currency', 'USD'))), true)
$$;
create function pg_temp.bought() returns text language sql as $$
  select concat_ws(' ', (select sum(l.amount)::numeric(10, 2) from console.ledger_entries as l where l.account_id = 'o|dan'), (select refunded::numeric(10, 2) from console.stripe_purchases where checkout_id = 'cs_dis'))
$$;
create temporary table before as select coalesce(sum(l.amount), 0) as amount from console.ledger_entries as l where l.account_id = 'o|dan';
select pg_temp.says('checkouts', 'cs_dis', '{"customer_id": "cus_dan", "mode": "payment", "payment_status": "paid", "amount": "50", "payment_intent_id": "pi_dis"}', 0);
select pg_temp.says('payments', 'ch_dis', '{"customer_id": "cus_dan", "payment_intent_id": "pi_dis", "status": "succeeded", "amount": "50", "amount_refunded": "20"}', 1);
select is(pg_temp.bought(), (select (amount + 30)::numeric(10, 2) || ' 20.00' from before), 'twenty of fifty were refunded');
select pg_temp.says('disputes', 'dp_1', '{"charge_id": "ch_dis", "status": "needs_response", "amount": "30"}', 2);
select is(pg_temp.bought(), (select (amount + 30)::numeric(10, 2) || ' 20.00' from before), 'a dispute that is open takes nothing');
select pg_temp.says('disputes', 'dp_1', '{"charge_id": "ch_dis", "status": "lost", "amount": "30"}', 3);
select is(pg_temp.bought(), (select amount::numeric(10, 2) || ' 50.00' from before), 'one that is lost takes the rest');
select pg_temp.says('disputes', 'dp_1', '{"charge_id": "ch_dis", "status": "lost", "amount": "30"}', 4);
select pg_temp.says('payments', 'ch_dis', '{"customer_id": "cus_dan", "payment_intent_id": "pi_dis", "status": "succeeded", "amount": "50", "amount_refunded": "20"}', 5);
select is(pg_temp.bought(), (select amount::numeric(10, 2) || ' 50.00' from before), 'once');
select is((select count(*)::int from console.ledger_entries as l where l.account_id = 'o|dan' and l.description like '%cs_dis'), 3, 'bought, refunded, lost: each an entry');

-- It follows both ways, whatever comes first: a dispute won after all, a refund that failed.
select pg_temp.says('disputes', 'dp_1', '{"charge_id": "ch_dis", "status": "won", "amount": "30"}', 6);
select is(pg_temp.bought(), (select (amount + 30)::numeric(10, 2) || ' 20.00' from before), 'one that is won after all gives it back');
select pg_temp.says('refunds', 're_1', '{"charge_id": "ch_dis", "status": "failed", "amount": "20"}', 7);
select is(pg_temp.bought(), (select (amount + 30)::numeric(10, 2) || ' 20.00' from before), 'of a refund that nobody heard of before it failed the charge tells');
select pg_temp.says('refunds', 're_1', '{"charge_id": "ch_dis", "status": "succeeded", "amount": "20", "created_at": "2026-02-01 00:16:39+00"}', 1);
select is(pg_temp.bought(), (select (amount + 50)::numeric(10, 2) || ' 0.00' from before), 'and so does a refund that failed since the charge was heard of');
select pg_temp.says('payments', 'ch_dis', '{"customer_id": "cus_dan", "payment_intent_id": "pi_dis", "status": "succeeded", "amount": "50", "amount_refunded": "0"}', 8);
select pg_temp.says('refunds', 're_1', '{"charge_id": "ch_dis", "status": "failed", "amount": "20"}', 9);
select is(pg_temp.bought(), (select (amount + 50)::numeric(10, 2) || ' 0.00' from before), 'once: the charge has it too by now');
select pg_temp.says('payments', 'ch_dis', '{"customer_id": "cus_dan", "payment_intent_id": "pi_dis", "status": "succeeded", "amount": "50", "amount_refunded": "15"}', 9);
select pg_temp.says('refunds', 're_1', '{"charge_id": "ch_dis", "status": "failed", "amount": "20"}', 10);
select is(pg_temp.bought(), (select (amount + 35)::numeric(10, 2) || ' 15.00' from before), 'fifteen of another stay, however often it is said that the first failed');
select pg_temp.says('refunds', 're_0', '{"charge_id": "ch_dis", "status": "pending", "amount": "7", "created_at": "2026-02-01 00:16:50+00"}', 10);
select pg_temp.says('refunds', 're_0', '{"charge_id": "ch_dis", "status": "failed", "amount": "7"}', 11);
select is(pg_temp.bought(), (select (amount + 35)::numeric(10, 2) || ' 15.00' from before), 'nor does one take them off of which the charge never knew');
delete from console.stripe_refunds where id = 're_0';
select pg_temp.says('refunds', 're_2', '{"charge_id": "ch_dis", "status": "succeeded", "amount": "50"}', 10);
select is(pg_temp.bought(), (select amount::numeric(10, 2) || ' 50.00' from before), 'a refund that the charge does not tell of yet counts');
select pg_temp.says('payments', 'ch_dis', '{"customer_id": "cus_dan", "payment_intent_id": "pi_dis", "status": "succeeded", "amount": "50", "amount_refunded": "50"}', 11);
select pg_temp.says('refunds', 're_2', '{"charge_id": "ch_dis", "status": "canceled", "amount": "50"}', 12);
select is(pg_temp.bought(), (select (amount + 50)::numeric(10, 2) || ' 0.00' from before), 'all of it can come back');
select is(
  (select string_agg(l.amount::numeric(10, 2)::text, ' ' order by l.id) from console.ledger_entries as l where l.account_id = 'o|dan' and l.description like '%cs_dis'),
  '50.00 -20.00 -30.00 30.00 20.00 -15.00 -35.00 50.00', 'each an entry, none changed'
);
select is((select string_agg(action, ' ' order by id) from (select * from console.audit where subject = 'o|dan' order by id desc limit 2) as last), 'refund_credits return_credits', 'on record');

-- A dispute in another currency counts with what Stripe withdrew, if that is the payment's; else apart, and a person is told.
-- As the worker does: the event is in the inbox, and ends as it was applied.
create function pg_temp.arrives(id text, at int, facts jsonb) returns text language plpgsql as $$
declare
  answer jsonb;
begin
  insert into console.inbox (provider, event_id, received_at, next_attempt_at, body, livemode) values ('stripe', id, now(), now(), '', true)
  on conflict (provider, event_id) do update set state = 'pending', done_at = null;
  answer := pg_temp.asks(id, at, facts, true);
  update console.inbox as i set
    state = answer ->> 'result', outcome = answer -> 'outcome', done_at = case when answer ->> 'result' = 'done' then now() end
  where i.event_id = arrives.id and i.state = 'pending';
  return coalesce(answer #>> '{outcome,conflict}', answer ->> 'result');
end
$$;
create function pg_temp.disputes(id text, more jsonb, at int) returns text language sql as $$
  select pg_temp.arrives('dispute' || id || at, 1000 + at, jsonb_build_array(jsonb_build_object(
    'table', 'disputes', 'rank', at, 'row', '{"charge_id": "ch_dis", "status": "lost", "amount": "9", "currency": "EUR"}' || more || jsonb_build_object('id', id))))
$$;
create function pg_temp.told(event text) returns text language sql as $$
  select concat_ws(' ', state, outcome ->> 'conflict', outcome ->> 'dismissed') from console.inbox where event_id = event
$$;
create function pg_temp.dismisses(event text) returns text language sql as $$
  select tap.told('tap_finance', format('select console.dismiss_traffic(''in'', %s, ''Adjusted by hand'')', (select id from console.inbox where event_id = event)))
$$;
select is(pg_temp.disputes('dp_eur', '{"withdrawn": "10", "withdrawn_currency": "USD"}', 13), 'done', 'nine euros that were ten dollars');
select is(pg_temp.bought(), (select (amount + 40)::numeric(10, 2) || ' 10.00' from before), 'are ten dollars');
select is(pg_temp.disputes('dp_odd', '{"withdrawn": "80", "withdrawn_currency": "SEK"}', 14), 'other_currency', 'of nine that were eighty crowns a person is told');
select is(pg_temp.bought(), (select (amount + 40)::numeric(10, 2) || ' 10.00' from before), 'and they are not nine dollars');
select is(pg_temp.disputes('dp_odd', '{"withdrawn": "80", "withdrawn_currency": "SEK"}', 15), 'done', 'once');
select is((select apart #>> '{0,amount}' || ' ' || (apart #>> '{0,currency}') from console.stripe_purchases where checkout_id = 'cs_dis'), '9 EUR', 'they stand apart');
select is(pg_temp.disputes('dp_odd', '{"status": "won"}', 16), 'done', 'until it is won');
select is((select apart from console.stripe_purchases where checkout_id = 'cs_dis'), null, 'then nothing does');
select is(pg_temp.told('disputedp_odd14') || ', ' || pg_temp.told('disputedp_odd15'), 'done other_currency, done', 'and nobody is asked any more');
-- Whoever waits is told no more once Stripe says what it comes to; applied again, it waits again.
select is(pg_temp.disputes('dp_odd', '{}', 17), 'other_currency', 'lost after all: a person is told again');
select is(pg_temp.disputes('dp_odd', '{}', 17), 'other_currency', 'and still is when the event is applied again');
select is(pg_temp.disputes('dp_odd', '{"withdrawn": "8", "withdrawn_currency": "USD"}', 18), 'done', 'Stripe says what it comes to');
select is(pg_temp.bought(), (select (amount + 32)::numeric(10, 2) || ' 18.00' from before), 'that is taken back');
select is(pg_temp.told('disputedp_odd17'), 'done other_currency', 'so that nobody takes it twice');
-- What a person has seen to is never counted: an adjustment may stand for it. What becomes of it is told.
select is(pg_temp.disputes('dp_hand', '{"amount": "5"}', 19), 'other_currency', 'five euros of which nobody said more');
select is(pg_temp.dismisses('disputedp_hand19'), '', 'a person sees to it');
select is(pg_temp.disputes('dp_hand', '{"amount": "5"}', 20), 'done', 'the same again is no news');
select is(pg_temp.disputes('dp_hand', '{"amount": "5", "withdrawn": "6", "withdrawn_currency": "USD"}', 21), 'settled_by_hand', 'what it comes to is');
select is(pg_temp.bought(), (select (amount + 32)::numeric(10, 2) || ' 18.00' from before), 'and is not taken once more');
select is(pg_temp.disputes('dp_hand', '{"amount": "5", "status": "won"}', 22), 'settled_by_hand', 'that it was won after all is news, too');
select is(pg_temp.told('disputedp_hand21') || ', ' || pg_temp.told('disputedp_hand22'), 'done settled_by_hand, conflict settled_by_hand', 'of which the last waits');
select is(pg_temp.disputes('dp_hand', '{"amount": "5", "status": "won"}', 23), 'done', 'once');
select is(pg_temp.dismisses('disputedp_hand22'), '', 'a person gives the credits back');
select is(pg_temp.disputes('dp_hand', '{"amount": "5", "status": "won"}', 24), 'done', 'and hears no more of it');
select is(pg_temp.bought(), (select (amount + 32)::numeric(10, 2) || ' 18.00' from before), 'Stripe''s word gives nothing back of what it did not take');
select is(pg_temp.disputes('dp_hand', '{"amount": "5"}', 25), 'settled_by_hand', 'lost again is news again, of what they have seen to');
select is(pg_temp.dismisses('disputedp_hand25') || pg_temp.told('disputedp_hand25'), 'done settled_by_hand true', 'for a person');
select is((select string_agg(d, ' ') from console.stripe_purchases, jsonb_object_keys(by_hand) as d), 'dp_hand', 'only that one is theirs');
delete from console.stripe_disputes where id in ('dp_odd', 'dp_hand');

-- Whoever takes credits while an event waits may have meant what it waits for: then nothing is taken by itself either.
create function pg_temp.credits(action text, arguments jsonb) returns jsonb language sql as $$
  select jsonb_build_object('entry', tap.acts('tap_finance', action, 'o|dan', arguments) #>> '{changes,0,id}')
$$;
savepoint by_hand;
select is(pg_temp.disputes('dp_early', '{"amount": "3"}', 32), 'other_currency', 'three euros of which nobody said more');
select isnt(pg_temp.credits('adjust_credits', '{"amount": "4"}') ->> 'entry', null, 'a gift is no answer to that');
create temporary table taken as select pg_temp.credits('adjust_credits', '{"amount": "-4"}') as entry;
select is(pg_temp.disputes('dp_early', '{"amount": "3"}', 33), 'done', 'the same again is no news');
select is(pg_temp.disputes('dp_later', '{"amount": "1"}', 33), 'other_currency', 'nor is what is said of another dispute');
select is(pg_temp.told('disputedp_early32'), 'conflict other_currency', 'so the event waits');
select is((select by_hand ? 'dp_early' from console.stripe_purchases where checkout_id = 'cs_dis'), false, 'and is not taken for seen to');
savepoint early;
select is(pg_temp.disputes('dp_early', '{"amount": "3", "withdrawn": "4", "withdrawn_currency": "USD"}', 34), 'settled_by_hand', 'what it comes to is told to a person');
select is(pg_temp.bought(), (select (amount + 40)::numeric(10, 2) || ' 10.00' from before), 'and is not taken once more');
select is(pg_temp.told('disputedp_early32'), 'done other_currency', 'the first event waits no more');
select is(pg_temp.dismisses('disputedp_early34'), '', 'a person looks at it');
select is(pg_temp.disputes('dp_early', '{"amount": "3", "withdrawn": "4", "withdrawn_currency": "USD"}', 35), 'done', 'and hears no more of it');
rollback to early;
select is(pg_temp.disputes('dp_early', '{"amount": "3", "status": "won"}', 34), 'settled_by_hand', 'that it was won after all is told as well');
rollback to early;
update console.inbox set state = 'pending', next_attempt_at = 'infinity' where event_id = (
  select i.event_id from console.inbox as i join console.stripe_apart_told() as t using (id) where t.apart ->> 'dispute' = 'dp_early'
);
select is(pg_temp.disputes('dp_early', '{"amount": "3", "withdrawn": "4", "withdrawn_currency": "USD"}', 34), 'settled_by_hand', 'one that is to be applied once more is not put aside');
select is(pg_temp.bought(), (select (amount + 40)::numeric(10, 2) || ' 10.00' from before), 'and nothing is taken');
rollback to early;
select isnt(pg_temp.credits('reverse_credits', (select entry from taken)) ->> 'entry', null, 'an adjustment that was taken back');
select is(pg_temp.disputes('dp_early', '{"amount": "3", "withdrawn": "4", "withdrawn_currency": "USD"}', 34), 'done', 'stands for nothing');
select is(pg_temp.bought(), (select (amount + 40)::numeric(10, 2) || ' 14.00' from before), 'so what Stripe says counts');
rollback to by_hand;

-- What Stripe answers when asked is told by the event that asked.
select is(pg_temp.arrives('asker', 1026, '[{"table": "disputes", "rank": 1, "row": {"id": "dp_asked", "charge_id": "ch_late", "status": "lost", "amount": "4", "currency": "EUR"}}]'), 'done', 'a dispute about a charge that nobody has seen');
select pg_temp.claims('2 minutes');
select is(pg_temp.ends('ch_late', '{"table": "payments", "rank": 1, "row": {"id": "ch_late", "payment_intent_id": "pi_dis", "customer_id": "cus_dan", "status": "succeeded", "amount": "0", "currency": "USD"}}', '2026-03-01'), 'kept', 'Stripe says what it paid');
select is(pg_temp.told('asker'), 'conflict other_currency', 'and a person is told');
select is((select outcome ->> 'kept' || jsonb_array_length(outcome #> '{purchases,0,apart}') from console.inbox where event_id = 'asker'), 'true1', 'of what');

-- Whose customer nobody is any more: what went back of their credits is known all the same.
update public.users set stripe_customer_id = null where id = 'o|dan';
select is(pg_temp.disputes('dp_left', '{"currency": "USD", "amount": "7"}', 28), 'done', 'a dispute about what somebody bought whom nobody knows now');
select is(pg_temp.bought(), (select (amount + 33)::numeric(10, 2) || ' 17.00' from before), 'takes it back');
select is(pg_temp.disputes('dp_left', '{}', 29), 'other_currency', 'in another currency a person is told');
-- What was counted just now waits for nobody, even where a person is told of something else.
insert into console.inbox (provider, event_id, received_at, next_attempt_at, body, state, livemode, outcome) values
('stripe', 'nobody', now(), now(), '', 'conflict', true, '{"conflict": "unknown_customer", "customer": "cus_dan"}');
update public.users set stripe_customer_id = 'cus_dan' where id = 'o|dan';
select is(pg_temp.disputes('dp_left2', '{}', 30), 'other_currency', 'a customer who is known again');
select is(pg_temp.told('nobody'), 'done unknown_customer', 'waits no more');
delete from console.stripe_disputes where id in ('dp_left', 'dp_left2', 'dp_asked');
update console.stripe_payments set payment_intent_id = null where id = 'ch_late';
-- Who gets more back of what a bank took than it took lost nothing.
select is(pg_temp.disputes('dp_more', '{"withdrawn": "-3", "withdrawn_currency": "USD"}', 31), 'done', 'Stripe gave back more than it took');
select is(pg_temp.bought(), (select (amount + 40)::numeric(10, 2) || ' 10.00' from before), 'which buys no credits');
-- What one mode says never takes back what was bought in the other.
update console.stripe_checkouts set livemode = false where id = 'cs_dis';
update console.stripe_disputes set status = 'won' where id = 'dp_eur';
select pg_temp.says('payments', 'ch_other', '{"customer_id": "cus_dan", "status": "succeeded", "amount": "1"}', 37);
select is(pg_temp.bought(), (select (amount + 40)::numeric(10, 2) || ' 10.00' from before), 'the other mode has its own');
update console.stripe_checkouts set livemode = true where id = 'cs_dis';

-- Versions of the API since 2025-03-31 say in objects of their own which payment pays an invoice.
delete from console.stripe_doubts;
select pg_temp.says('invoices', 'in_new', '{"customer_id": "cus_dan", "status": "paid", "number": "N-1", "total": "30", "amount_paid": "30", "lines_complete": true}', 10);
select pg_temp.says('payments', 'ch_new', '{"payment_intent_id": "pi_new", "status": "succeeded", "amount": "30", "amount_refunded": "30"}', 11);
select is((select went_back from console.stripe_invoices where id = 'in_new'), false, 'nobody has said what was paid with it');
select is((select answer #>> '{outcome,customer}' from pg_temp.asks('ip', 1012, '[{"table": "invoice_payments", "rank": 1, "row": {"id": "inpay_1", "invoice_id": "in_new", "payment_intent_id": "pi_new", "status": "paid", "currency": "USD", "amount_paid": "30"}}]', true) as answer), 'cus_dan', 'what pays an invoice is of its customer');
select is((select concat_ws(' ', refunded::numeric(10, 2), went_back, paid_by) from console.stripe_invoices where id = 'in_new'), '30.00 t pi_new', 'all of it went back');
select is((select concat_ws(' ', status, stripe_payment_intent_id) from public.billing_history where invoice_id = 'in_new'), 'refunded pi_new', 'and the service is told');
select pg_temp.says('payments', 'ch_new', '{"payment_intent_id": "pi_new", "status": "succeeded", "amount": "30", "amount_refunded": "0"}', 12);
select is((select concat_ws(' ', refunded::numeric(10, 2), went_back) from console.stripe_invoices where id = 'in_new'), '0.00 f', 'a refund that failed is none');
select pg_temp.says('payments', 'ch_new', '{"payment_intent_id": "pi_new", "status": "succeeded", "amount": "30", "amount_refunded": "10"}', 13);
select pg_temp.says('disputes', 'dp_new', '{"charge_id": "ch_new", "status": "lost", "amount": "30"}', 14);
select is((select concat_ws(' ', refunded::numeric(10, 2), went_back) from console.stripe_invoices where id = 'in_new'), '30.00 t', 'no more goes back than was paid');
select pg_temp.says('disputes', 'dp_new', '{"charge_id": "ch_new", "status": "won", "amount": "30"}', 15);
select pg_temp.says('refunds', 're_new', '{"charge_id": "ch_new", "status": "pending", "amount": "4"}', 12);
select pg_temp.says('refunds', 're_new', '{"charge_id": "ch_new", "status": "failed", "amount": "4"}', 16);
select is((select concat_ws(' ', refunded::numeric(10, 2), went_back) from console.stripe_invoices where id = 'in_new'), '6.00 f', 'a refund that failed since is taken off again');
update console.stripe_disputes set status = 'lost', amount = 7, currency = 'EUR' where id = 'dp_new';
select is((select concat_ws(' ', refunded::numeric(10, 2), went_back, apart) from console.stripe_invoices where id = 'in_new'), '6.00 f [{"amount": "7", "currency": "EUR"}]', 'euros are no dollars');
update console.stripe_disputes set withdrawn = 8, withdrawn_currency = 'USD' where id = 'dp_new';
select is((select concat_ws(' ', refunded::numeric(10, 2), went_back, apart) from console.stripe_invoices where id = 'in_new'), '14.00 f', 'but as many as Stripe took for them');
-- Whatever is heard of first: a dispute that was lost before the invoice was known to be paid.
select pg_temp.says('invoices', 'in_late', '{"customer_id": "cus_dan", "status": "open", "payment_intent_id": "pi_latest", "total": "100", "amount_paid": "0", "lines_complete": true}', 20);
select pg_temp.says('payments', 'ch_latest', '{"payment_intent_id": "pi_latest", "status": "succeeded", "amount": "100"}', 21);
select pg_temp.says('disputes', 'dp_latest', '{"charge_id": "ch_latest", "status": "lost", "amount": "60"}', 22);
select is((select refunded from console.stripe_invoices where id = 'in_late'), 0::numeric, 'nothing goes back of what was not paid');
select pg_temp.says('invoices', 'in_late', '{"customer_id": "cus_dan", "status": "paid", "payment_intent_id": "pi_latest", "total": "100", "amount_paid": "100", "lines_complete": true}', 23);
select is((select concat_ws(' ', refunded::numeric(10, 2), went_back) from console.stripe_invoices where id = 'in_late'), '60.00 f', 'once it was, part of it does');
update console.stripe_disputes set amount = 100 where id = 'dp_latest';
select is((select concat_ws(' ', refunded::numeric(10, 2), went_back) from console.stripe_invoices where id = 'in_late'), '100.00 t', 'or all of it');
update console.stripe_invoices set currency = 'EUR' where id = 'in_late';
select is((select concat_ws(' ', refunded::numeric(10, 2), went_back, apart) from console.stripe_invoices where id = 'in_late'), '0.00 f [{"amount": "100", "currency": "USD"}]', 'in its currency');
update console.stripe_invoices set id = 'in_later', payment_intent_id = 'pi_other' where id = 'in_late';
select is((select paid_by from console.stripe_invoices where id = 'in_later'), 'pi_other', 'and what comes to be another is counted anew');
select pg_temp.says('invoice_payments', 'inpay_2', '{"invoice_id": "in_unseen", "payment_intent_id": "pi_unseen", "status": "open"}', 13);
select is(pg_temp.doubts(), 'in_unseen invoices never_seen, pi_new payments never_seen, pi_unseen payments never_seen', 'what is named and was never seen is asked for');
select * from finish();
