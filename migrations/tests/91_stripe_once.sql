-- What follows from Stripe's news follows once, and for those who are meant: ends of subscriptions, payments that came while
-- effects were not live.
begin;
set local search_path = public, extensions, tap;
select * from no_plan();
select tap.hire();
select tap.a_service();
update public.users set stripe_customer_id = 'cus_dan', billing_mode = 'postpaid' where id = 'o|dan';

create function pg_temp.apply(id text, at int, facts jsonb, kind text default 'x', livemode boolean default true, asks boolean default false)
returns jsonb language sql as $$
  select tap.told('tap_receiver', format('select console.apply_stripe(%L, %L, true)', jsonb_build_object(
    'id', id, 'kind', kind, 'created', timestamptz '2026-01-01 00:00:00+00' + at * interval '1 second', 'livemode', livemode, 'asks', asks
  ), facts))::jsonb
$$;
create function pg_temp.fact(name text, id text, more jsonb, rank int default 0) returns jsonb language sql as $$
  select jsonb_build_array(jsonb_build_object('table', name, 'rank', rank, 'row', '{"currency": "USD"}' || more || jsonb_build_object('id', id)))
$$;
create function pg_temp.subscription(id text, status text, created text default '2026-01-01') returns jsonb language sql as $$
  select pg_temp.fact('subscriptions', id, jsonb_build_object('customer_id', 'cus_dan', 'status', status, 'created_at', created, 'collection_method', 'send_invoice'))
$$;
create function pg_temp.switches(to_mode text) returns void language sql as $$
  update console.effect_switches set mode = to_mode where effect = 'stripe_events'
$$;
create function pg_temp.decides(plan text) returns text language sql as $$
  select tap.acts('tap_finance', 'change_plan', 'o|dan', jsonb_build_object('plan', plan)) #>> '{changes,0,after}'
$$;
create function pg_temp.plan() returns text language sql as $$ select billing_mode from public.users where id = 'o|dan' $$;
select pg_temp.apply('made', 0, pg_temp.fact('customers', 'cus_dan', '{"deleted": false}'), 'customer.created');

-- An end ends the plan once; what a person chooses afterwards stays until another end.
select is(pg_temp.apply('s1', 1, pg_temp.subscription('sub_1', 'active')) ->> 'result', 'done', 'a subscription runs');
select is(pg_temp.apply('s2', 2, pg_temp.subscription('sub_1', 'canceled')) #>> '{outcome,plan}', 'ended', 'its end ends the plan');
select is(pg_temp.decides('postpaid'), 'postpaid', 'finance decides that they pay later all the same');
select is(pg_temp.apply('s3', 3, pg_temp.fact('invoices', 'in_1', '{"customer_id": "cus_dan", "status": "open", "total": "9"}')) #>> '{outcome,plan}', null, 'which no news of an invoice undoes');
select is(pg_temp.apply('s4', 4, pg_temp.subscription('sub_1', 'canceled')) #>> '{outcome,plan}', null, 'nor that the end is told again');
select is(pg_temp.plan(), 'postpaid', 'it stays');
select is(pg_temp.apply('s5', 5, pg_temp.subscription('sub_2', 'active', '2026-01-02')) ->> 'result', 'done', 'they subscribe again');
select is(pg_temp.apply('s6', 6, pg_temp.subscription('sub_2', 'unpaid', '2026-01-02')) #>> '{outcome,plan}', 'ended', 'another end is another');
select is(pg_temp.apply('s7', 7, pg_temp.subscription('sub_2', 'active', '2026-01-02')) #>> '{outcome,plan}', 'back', 'it comes back');
select is(pg_temp.apply('s8', 8, pg_temp.subscription('sub_2', 'unpaid', '2026-01-02')) #>> '{outcome,plan}', 'ended', 'and ends again');
select is(pg_temp.decides('postpaid'), 'postpaid', 'finance decides again');
select is(pg_temp.apply('s9', 9, pg_temp.subscription('sub_2', 'canceled', '2026-01-02')) #>> '{outcome,plan}', null, 'an end that goes on is the same end');
-- An end before which a person had chosen another plan is looked at, too.
select is(pg_temp.apply('s10', 10, pg_temp.subscription('sub_3', 'active', '2026-01-03')) ->> 'result', 'done', 'they subscribe once more');
select is(pg_temp.decides('prepaid'), 'prepaid', 'and pay before');
select is(pg_temp.apply('s11', 11, pg_temp.subscription('sub_3', 'canceled', '2026-01-03')) #>> '{outcome,plan}', null, 'then there is nothing to end');
select is(pg_temp.decides('postpaid'), 'postpaid', 'what is decided later');
select is(pg_temp.apply('s12', 12, pg_temp.fact('invoices', 'in_1', '{"customer_id": "cus_dan", "status": "void", "total": "9"}')) #>> '{outcome,plan}', null, 'is not ended by what ended before');
-- Ends that came while another program saw to them.
select pg_temp.apply('s13', 13, pg_temp.subscription('sub_4', 'active', '2026-01-04'));
select pg_temp.switches('shadow');
select is(pg_temp.apply('s14', 14, pg_temp.subscription('sub_4', 'canceled', '2026-01-04')) #>> '{outcome,would,plan}', 'ended', 'an end in shadow is said');
select pg_temp.switches('live');
select is(pg_temp.apply('s15', 15, pg_temp.fact('invoices', 'in_1', '{"customer_id": "cus_dan", "status": "void", "total": "9"}')) #>> '{outcome,plan}', null, 'other news does not make up for it');
select is(pg_temp.apply('s14', 14, pg_temp.subscription('sub_4', 'canceled', '2026-01-04')) #>> '{outcome,plan}', 'ended', 'applying it again does');
select is((select count(*)::int from console.stripe_ends where acted_at is null), 0, 'nothing is due any more');

-- Credits are counted where their payment came live.
create function pg_temp.pays(id text, at int, more jsonb default '{}') returns jsonb language sql as $$
  select pg_temp.apply('paid' || id || at, at, pg_temp.fact('checkouts', id, '{"customer_id": "cus_dan", "mode": "payment", "payment_status": "paid", "amount": "50"}' || more, at))
$$;
create function pg_temp.counted() returns text language sql as $$
  select concat_ws(' ', (select coalesce(sum(l.amount), 0)::numeric(10, 2) from console.ledger_entries as l where l.account_id = 'o|dan'),
    (select string_agg(checkout_id || ':' || mode, ',' order by checkout_id) from console.stripe_purchases))
$$;
select pg_temp.switches('off');
select pg_temp.pays('cs_off', 20);
select pg_temp.switches('shadow');
update public.users set stripe_customer_id = null where id = 'o|dan';
select is(pg_temp.pays('cs_nobody', 21) #>> '{outcome,user}', null, 'in shadow somebody pays whom nobody here is');
select pg_temp.switches('live');
select is(pg_temp.apply('again', 22, pg_temp.fact('payments', 'ch_1', '{"customer_id": "cus_dan", "status": "succeeded", "amount": "50"}')) ->> 'result', 'done', 'live, no person is asked for it');
update public.users set stripe_customer_id = 'cus_dan' where id = 'o|dan';
select is(pg_temp.apply('again', 22, pg_temp.fact('payments', 'ch_1', '{"customer_id": "cus_dan", "status": "succeeded", "amount": "50"}')) #> '{outcome,purchases}',
  '[{"came_before": "50", "checkout": "cs_nobody"}, {"came_before": "50", "checkout": "cs_off"}]', 'what came before is known');
select is(pg_temp.counted(), '0.00 cs_nobody:shadow,cs_off:shadow', 'and counted by nobody here');
select pg_temp.pays('cs_off', 23);
select is(pg_temp.counted(), '0.00 cs_nobody:shadow,cs_off:shadow', 'however often it is told');
select pg_temp.pays('cs_waits', 24, '{"payment_status": "unpaid"}');
select pg_temp.pays('cs_live', 25);
select is(pg_temp.counted(), '50.00 cs_live:live,cs_nobody:shadow,cs_off:shadow', 'what comes live is');
update public.users set stripe_customer_id = null where id = 'o|dan';
select is(pg_temp.pays('cs_later', 26) #>> '{outcome,conflict}', 'unknown_customer', 'what came live while nobody was that customer');
update public.users set stripe_customer_id = 'cus_dan' where id = 'o|dan';
select pg_temp.switches('shadow');
select pg_temp.apply('again', 27, pg_temp.fact('payments', 'ch_1', '{"customer_id": "cus_dan", "status": "succeeded", "amount": "50"}'));
select is(pg_temp.counted(), '50.00 cs_live:live,cs_nobody:shadow,cs_off:shadow', 'is not lost to shadow');
select pg_temp.pays('cs_waits', 28);
select pg_temp.switches('live');
select pg_temp.apply('again', 29, pg_temp.fact('payments', 'ch_1', '{"customer_id": "cus_dan", "status": "succeeded", "amount": "50"}'));
select is(pg_temp.counted(), '100.00 cs_later:live,cs_live:live,cs_nobody:shadow,cs_off:shadow,cs_waits:shadow', 'but counted when that is over; what was paid in it is not');
select pg_temp.apply('other', 30, pg_temp.fact('checkouts', 'cs_test', '{"customer_id": "cus_dan", "mode": "payment", "payment_status": "paid", "amount": "50"}'), 'x', false);
select is((select paid_mode from console.stripe_checkouts where id = 'cs_test'), 'off', 'of the other mode nothing follows, whichever mode it becomes');

-- Credits in another currency are counted by a person; as the worker does, the event is in the inbox and ends as it was applied.
create function pg_temp.arrives(id text, at int, facts jsonb) returns text language plpgsql as $$
declare
  answer jsonb;
begin
  insert into console.inbox (provider, event_id, received_at, next_attempt_at, body, livemode) values ('stripe', id, now(), now(), '', true)
  on conflict (provider, event_id) do update set state = 'pending', done_at = null;
  answer := pg_temp.apply(id, at, facts);
  update console.inbox as i set
    state = answer ->> 'result', outcome = answer -> 'outcome', done_at = case when answer ->> 'result' = 'done' then now() end
  where i.event_id = arrives.id and i.state = 'pending';
  return concat_ws(' ', answer ->> 'result', answer #>> '{outcome,conflict}', (select string_agg(concat_ws(' ', t ->> 'not_counted', t ->> 'currency', t ->> 'back'), ',')
    from jsonb_array_elements(answer #> '{outcome,purchases}') as t where t ? 'not_counted'));
end
$$;
create function pg_temp.told(event text) returns text language sql as $$
  select concat_ws(' ', state, outcome ->> 'conflict') from console.inbox where event_id = event
$$;
create function pg_temp.dismisses(event text) returns text language sql as $$
  select tap.told('tap_finance', format('select console.dismiss_traffic(''in'', %s, ''Adjusted by hand'')', (select id from console.inbox where event_id = event)))
$$;
create function pg_temp.buys(id text, at int, more jsonb) returns text language sql as $$
  select pg_temp.arrives(id || at, at, pg_temp.fact('checkouts', id, '{"customer_id": "cus_dan", "mode": "payment", "payment_status": "paid", "amount": "40"}' || more, at))
$$;
create function pg_temp.refunds(id text, at int, back text, amount text default '40', paid_by text default 'pi_eur') returns text language sql as $$
  select pg_temp.arrives(id || at, at, pg_temp.fact('payments', id, jsonb_build_object('customer_id', 'cus_dan', 'payment_intent_id', paid_by, 'status', 'succeeded', 'amount', amount, 'amount_refunded', back, 'currency', 'EUR'), at))
$$;
create temporary table before as select sum(l.amount) as amount from console.ledger_entries as l where l.account_id = 'o|dan';
create function pg_temp.since() returns numeric language sql as $$
  select (select sum(l.amount) from console.ledger_entries as l where l.account_id = 'o|dan') - amount from before
$$;
select is(pg_temp.buys('cs_eur', 40, '{"currency": "EUR", "payment_intent_id": "pi_eur"}'), 'conflict credits_in_other_currency 40 EUR 0', 'somebody pays forty euros for credits');
select is(pg_temp.since(), 0::numeric, 'which are not forty dollars');
select is(pg_temp.refunds('ch_eur', 41, '0'), 'done', 'a person is told once');
select is(pg_temp.buys('cs_eur', 40, '{"currency": "EUR", "payment_intent_id": "pi_eur"}'), 'conflict credits_in_other_currency 40 EUR 0', 'and still is when the event is applied again');
select is(pg_temp.buys('cs_sek', 42, '{"currency": "SEK", "purpose": "credits"}'), 'conflict credits_in_other_currency 40 SEK 0', 'each for itself');
select is(pg_temp.refunds('ch_eur', 43, '10'), 'conflict credits_in_other_currency 40 EUR 10', 'what goes back before somebody looked is told');
select is(pg_temp.told('cs_eur40') || ', ' || pg_temp.told('cs_sek42'), 'done credits_in_other_currency, conflict credits_in_other_currency', 'instead of what was told before');
select is(pg_temp.dismisses('ch_eur43') || pg_temp.told('ch_eur43'), 'done credits_in_other_currency', 'a person gives what is right, and puts it aside');
select is(pg_temp.refunds('ch_eur', 44, '10'), 'done', 'nobody asks again');
select is(pg_temp.refunds('ch_eur', 45, '25'), 'conflict credits_in_other_currency 40 EUR 25', 'until more goes back');
select is(pg_temp.refunds('ch_eur', 46, '10'), 'done', 'what comes again is as they knew it');
select is(pg_temp.told('ch_eur45'), 'done credits_in_other_currency', 'so that nobody needs to look');
select is(pg_temp.buys('cs_help', 47, '{"currency": "EUR", "purpose": "support"}'), 'done', 'what is meant for something else is none of it');
select pg_temp.switches('shadow');
select is(pg_temp.buys('cs_shadow', 48, '{"currency": "EUR"}'), 'done', 'nor what another program counts');
select pg_temp.switches('live');
select is(pg_temp.refunds('ch_eur', 49, '10'), 'done', 'not later either');
-- A receipt that Stripe makes of a checkout changes nothing.
select is(pg_temp.buys('cs_receipt', 50, '{"invoice_id": "in_receipt"}'), 'done', 'a checkout with an invoice');
select is(pg_temp.since(), 40.00, 'is credits all the same');
-- Tax buys none, and goes back with its part.
select is(pg_temp.buys('cs_tax', 51, '{"amount": "48", "net": "40", "payment_intent_id": "pi_tax"}'), 'done', 'forty, with eight of tax');
select is(pg_temp.since(), 80.00, 'are forty');
select is(pg_temp.refunds('ch_tax', 52, '24', '48', 'pi_tax'), 'done', 'half of it goes back');
select is(pg_temp.since(), 60.00, 'which is twenty');
select is(pg_temp.refunds('ch_tax', 53, '48', '48', 'pi_tax'), 'done', 'all of it');
select is(pg_temp.since(), 40.00, 'is forty');
select is(pg_temp.buys('cs_free', 54, '{"amount": "5", "net": "0"}'), 'done', 'what was priced at nothing');
select is(pg_temp.buys('cs_less', 55, '{"amount": "30", "net": "40"}'), 'done', 'and what less was paid for than its price');
select is(pg_temp.since(), 70.00, 'are no more credits than were paid');

select * from finish();
