-- What follows from Stripe's news follows once, and for those who are meant: ends of subscriptions, payments that came while
-- effects were not live.
begin;
set local search_path = public, extensions, tap;
select * from no_plan();
select tap.hire();
select tap.a_service();
\ir support/stripe_news.sql
update public.users set stripe_customer_id = 'cus_dan', billing_mode = 'postpaid' where id = 'o|dan';

create function pg_temp.subscription(id text, status text, created text default '2026-01-01') returns jsonb language sql as $$
  select pg_temp.fact('subscriptions', id, jsonb_build_object('customer_id', 'cus_dan', 'status', status, 'created_at', created, 'collection_method', 'send_invoice'))
$$;
-- At that second of the news.
create function pg_temp.switches(to_mode text, second int) returns void language sql as $$
  update console.effect_switches set mode = to_mode where effect = 'stripe_events';
  update console.effect_changes set at = timestamptz '2026-01-01 00:00:00+00' + second * interval '1 second' where id = (select max(id) from console.effect_changes);
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
select is(pg_temp.apply('s2', 2, pg_temp.subscription('sub_1', 'canceled')) #>> '{outcome,plan}', null, 'nor does one end anything that is told again though they came back since');
select is(pg_temp.plan(), 'postpaid', 'it stays as it was decided');
-- An end before which a person had chosen another plan is looked at, too.
select is(pg_temp.apply('s10', 10, pg_temp.subscription('sub_3', 'active', '2026-01-03')) ->> 'result', 'done', 'they subscribe once more');
select is(pg_temp.decides('prepaid'), 'prepaid', 'and pay before');
select is(pg_temp.apply('s11', 11, pg_temp.subscription('sub_3', 'canceled', '2026-01-03')) #>> '{outcome,plan}', null, 'then there is nothing to end');
select is(pg_temp.decides('postpaid'), 'postpaid', 'what is decided later');
select is(pg_temp.apply('s12', 12, pg_temp.fact('invoices', 'in_1', '{"customer_id": "cus_dan", "status": "void", "total": "9"}')) #>> '{outcome,plan}', null, 'is not ended by what ended before');
-- Ends that came while another program saw to them.
select pg_temp.apply('s13', 13, pg_temp.subscription('sub_4', 'active', '2026-01-04'));
select pg_temp.switches('shadow', 14);
select is(pg_temp.apply('s14', 14, pg_temp.subscription('sub_4', 'canceled', '2026-01-04')) #>> '{outcome,would,plan}', 'ended', 'an end in shadow is said');
select pg_temp.switches('live', 15);
select is(pg_temp.apply('s15', 15, pg_temp.fact('invoices', 'in_1', '{"customer_id": "cus_dan", "status": "void", "total": "9"}')) #>> '{outcome,plan}', null, 'other news does not make up for it');
select is(pg_temp.apply('s14', 14, pg_temp.subscription('sub_4', 'canceled', '2026-01-04')) #>> '{outcome,plan}', 'ended', 'applying it again does');
select is((select count(*)::int from console.stripe_ends where acted_at is null), 0, 'nothing is due any more');

-- Credits are counted where they were paid live.
create function pg_temp.pays(id text, at int, more jsonb default '{}') returns jsonb language sql as $$
  select pg_temp.apply('paid' || id || at, at, pg_temp.fact('checkouts', id, '{"customer_id": "cus_dan", "mode": "payment", "payment_status": "paid", "amount": "50"}' || more, at))
$$;
create function pg_temp.counted() returns text language sql as $$
  select concat_ws(' ', (select coalesce(sum(l.amount), 0)::numeric(10, 2) from console.ledger_entries as l where l.account_id = 'o|dan'),
    (select string_agg(checkout_id || ':' || mode, ',' order by checkout_id) from console.stripe_purchases))
$$;
select pg_temp.switches('off', 20);
select pg_temp.pays('cs_off', 20);
select pg_temp.switches('shadow', 21);
update public.users set stripe_customer_id = null where id = 'o|dan';
select is(pg_temp.pays('cs_nobody', 21) #>> '{outcome,user}', null, 'in shadow somebody pays whom nobody here is');
select pg_temp.switches('live', 22);
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
select pg_temp.switches('shadow', 27);
select pg_temp.apply('again', 27, pg_temp.fact('payments', 'ch_1', '{"customer_id": "cus_dan", "status": "succeeded", "amount": "50"}'));
select is(pg_temp.counted(), '50.00 cs_live:live,cs_nobody:shadow,cs_off:shadow', 'is not lost to shadow');
select pg_temp.pays('cs_waits', 28);
select pg_temp.switches('live', 29);
select pg_temp.apply('again', 29, pg_temp.fact('payments', 'ch_1', '{"customer_id": "cus_dan", "status": "succeeded", "amount": "50"}'));
select is(pg_temp.counted(), '100.00 cs_later:live,cs_live:live,cs_nobody:shadow,cs_off:shadow,cs_waits:shadow', 'but counted when that is over; what was paid in it is not');
-- However late a payment is applied: what another program counted before the switch it counted, what was paid after it, it did not.
select pg_temp.pays('cs_dead', 21);
select is(pg_temp.counted(), '100.00 cs_dead:shadow,cs_later:live,cs_live:live,cs_nobody:shadow,cs_off:shadow,cs_waits:shadow', 'one of before, applied live, is counted by nobody here');
savepoint late;
select pg_temp.switches('shadow', 31);
select is(pg_temp.pays('cs_late', 30) #>> '{outcome,purchases}', '[]', 'one that was paid live waits in shadow');
select pg_temp.switches('live', 32);
select pg_temp.apply('again', 33, pg_temp.fact('payments', 'ch_1', '{"customer_id": "cus_dan", "status": "succeeded", "amount": "50"}'));
select is(pg_temp.counted(), '150.00 cs_dead:shadow,cs_late:live,cs_later:live,cs_live:live,cs_nobody:shadow,cs_off:shadow,cs_waits:shadow', 'and is counted when that is over');
rollback to late;
select pg_temp.apply('other', 30, pg_temp.fact('checkouts', 'cs_test', '{"customer_id": "cus_dan", "mode": "payment", "payment_status": "paid", "amount": "50"}'), 'x', false);
select is((select paid_mode from console.stripe_checkouts where id = 'cs_test'), 'off', 'of the other mode nothing follows, whichever mode it becomes');
-- Told twice: the first time is when it was paid, whichever came first, as long as nothing was counted for it.
update public.users set stripe_customer_id = null where id = 'o|dan';
select is(pg_temp.pays('cs_twice', 31) #>> '{outcome,conflict}', 'unknown_customer', 'what is paid live, of nobody here');
select pg_temp.pays('cs_twice', 21);
update public.users set stripe_customer_id = 'cus_dan' where id = 'o|dan';
select is(pg_temp.pays('cs_live', 32) #> '{outcome,purchases}', '[{"came_before": "50", "checkout": "cs_twice"}]', 'was paid in shadow, as an older event tells');
select pg_temp.pays('cs_live', 21);
select is((select string_agg(id || ':' || paid_mode, ' ' order by id) from console.stripe_checkouts where id in ('cs_live', 'cs_twice')), 'cs_live:live cs_twice:shadow', 'what was counted was counted');
rollback to late;
-- Whoever asks Stripe hears that it is paid, not since when: that is told by its event.
create function pg_temp.read(second int) returns jsonb language sql as $$
  select tap.told('tap_receiver', format('select console.apply_stripe(%L, %L, true)', jsonb_build_object(
    'id', 'read:cs_read:' || second, 'kind', 'read', 'created', timestamptz '2026-01-01 00:00:00+00' + second * interval '1 second', 'livemode', true, 'asks', true
  ), pg_temp.fact('checkouts', 'cs_read', '{"customer_id": "cus_dan", "mode": "payment", "payment_status": "paid", "amount": "50"}', 40)))::jsonb
$$;
select is(pg_temp.read(33) #>> '{outcome,purchases}', '[]', 'what is read as paid is counted by nobody yet');
select is(pg_temp.read(34) #>> '{outcome,purchases}', '[]', 'however often');
select is((select concat_ws(' ', payment_status, paid_since, paid_mode) from console.stripe_checkouts where id = 'cs_read'), 'paid', 'nobody knows when it was');
savepoint read;
select is(pg_temp.pays('cs_read', 21) #> '{outcome,purchases}', '[{"came_before": "50", "checkout": "cs_read"}]', 'its event was dead since shadow: another program counted it');
rollback to read;
select is(pg_temp.pays('cs_read', 30) #> '{outcome,purchases}', '[{"bought": "50", "checkout": "cs_read"}]', 'or it was paid live, which is counted');
rollback to late;

-- Credits in another currency are counted by a person.
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
-- Two of one customer, in one event as in two: whoever puts them aside, in whichever order, has seen both.
update public.users set stripe_customer_id = null where id = 'o|dan';
select is(pg_temp.buys('cs_one', 460, '{"currency": "EUR", "payment_intent_id": "pi_one"}'), 'conflict unknown_customer 40 EUR 0', 'forty euros of nobody');
select is(pg_temp.buys('cs_two', 461, '{"currency": "EUR", "payment_intent_id": "pi_two"}'), 'conflict unknown_customer 40 EUR 0,40 EUR 0', 'and forty more');
update public.users set stripe_customer_id = 'cus_dan' where id = 'o|dan';
select is(pg_temp.refunds('ch_none', 462, '0', '40', 'pi_none'), 'conflict credits_in_other_currency 40 EUR 0,40 EUR 0', 'one event tells of both');
select is(pg_temp.refunds('ch_one', 463, '10', '40', 'pi_one'), 'conflict credits_in_other_currency 40 EUR 10', 'of one a part goes back');
select is(pg_temp.told('ch_none462'), 'conflict credits_in_other_currency', 'for the other the first event still waits');
select is(pg_temp.dismisses('ch_one463') || pg_temp.told('ch_one463'), 'done credits_in_other_currency', 'the later is put aside');
select is(pg_temp.dismisses('ch_none462') || pg_temp.told('ch_none462'), 'done credits_in_other_currency', 'and then the one before');
select is(pg_temp.refunds('ch_none', 464, '0', '40', 'pi_none'), 'done', 'nothing is told again');
select is(pg_temp.refunds('ch_one', 465, '20', '40', 'pi_one'), 'conflict credits_in_other_currency 40 EUR 20', 'more of one');
select is(pg_temp.refunds('ch_two', 466, '5', '40', 'pi_two'), 'conflict credits_in_other_currency 40 EUR 5', 'and some of the other is');
select is(pg_temp.dismisses('ch_two466') || pg_temp.dismisses('ch_one465'), '', 'put aside in the other order');
select is(pg_temp.refunds('ch_none', 467, '0', '40', 'pi_none'), 'done', 'that is both, too');
-- An event that tells of two things waits as long as one of them is so.
update public.users set stripe_customer_id = null where id = 'o|dan';
select pg_temp.buys('cs_three', 470, '{"currency": "EUR", "payment_intent_id": "pi_three"}');
select pg_temp.buys('cs_four', 471, '{"currency": "EUR", "payment_intent_id": "pi_four"}');
update public.users set stripe_customer_id = 'cus_dan' where id = 'o|dan';
select is(pg_temp.refunds('ch_none', 472, '0', '40', 'pi_none'), 'conflict credits_in_other_currency 40 EUR 0,40 EUR 0', 'two more');
select pg_temp.refunds('ch_three', 473, '1', '40', 'pi_three');
select is(pg_temp.told('ch_none472'), 'conflict credits_in_other_currency', 'one has changed');
select pg_temp.refunds('ch_four', 474, '1', '40', 'pi_four');
select is(pg_temp.told('ch_none472'), 'done credits_in_other_currency', 'when both have, nobody needs to look at it');
select is(pg_temp.dismisses('ch_three473') || pg_temp.dismisses('ch_four474'), '', 'but at what is so now');
-- What is lost in a third currency is in no sum, and told all the same.
create function pg_temp.loses(at int, more jsonb) returns text language sql as $$
  select pg_temp.arrives('dp_third' || at, at, pg_temp.fact('disputes', 'dp_third', '{"customer_id": "cus_dan", "payment_intent_id": "pi_three", "currency": "SEK", "amount": "90"}' || more, at))
$$;
select is(pg_temp.loses(480, '{"status": "needs_response"}'), 'done', 'a dispute in crowns about euros is open');
select is(pg_temp.loses(481, '{"status": "lost"}'), 'conflict credits_in_other_currency 40 EUR 1', 'and lost: a person is told');
select is((select i.outcome #> '{purchases,0,lost}' from console.inbox as i where i.event_id = 'dp_third481'), '[{"amount": "90", "dispute": "dp_third", "currency": "SEK"}]', 'of what');
select is(pg_temp.dismisses('dp_third481') || pg_temp.told('dp_third481'), 'done credits_in_other_currency', 'they see to it');
select is(pg_temp.refunds('ch_none', 482, '0', '40', 'pi_none'), 'done', 'nobody asks again');
select is(pg_temp.loses(483, '{"status": "won"}'), 'conflict credits_in_other_currency 40 EUR 1', 'until it is won after all');
select is(pg_temp.dismisses('dp_third483'), '', 'which they see to');
select is(pg_temp.loses(484, '{"status": "lost", "withdrawn": "8", "withdrawn_currency": "EUR"}'), 'conflict credits_in_other_currency 40 EUR 9', 'what it comes to is a part of what went back');
select is(pg_temp.dismisses('dp_third484'), '', 'as they know');
select is(pg_temp.buys('cs_help', 47, '{"currency": "EUR", "purpose": "support"}'), 'done', 'what is meant for something else is none of it');
select pg_temp.switches('shadow', 48);
select is(pg_temp.buys('cs_shadow', 48, '{"currency": "EUR"}'), 'done', 'nor what another program counts');
select pg_temp.switches('live', 49);
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
