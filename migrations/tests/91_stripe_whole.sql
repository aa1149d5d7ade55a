-- What follows for customers of whom Stripe may have more than its events told, and from what is told late, of whoever left, or
-- where the service lets nothing follow.
begin;
set local search_path = public, extensions, tap;
select * from no_plan();
select tap.hire();
select tap.a_service();
\ir support/stripe_news.sql

-- Customers who were at Stripe before: of them it is asked what they have before anything follows.
insert into public.users (id, email, billing_mode, stripe_customer_id) values
('old1', 'old1@r.example', 'postpaid', 'cus_old1'), ('old2', 'old2@r.example', 'postpaid', 'cus_old2'), ('old3', 'old3@r.example', 'postpaid', 'cus_old3');
create function pg_temp.of(customer text, id text, status text, created text default '2026-01-05') returns jsonb language sql as $$
  select pg_temp.fact('subscriptions', id, jsonb_build_object('customer_id', customer, 'status', status, 'created_at', created), case status when 'canceled' then 9 else 0 end)
$$;
create function pg_temp.card(customer text, id text, attached boolean) returns jsonb language sql as $$
  select pg_temp.fact('payment_methods', id, jsonb_build_object('customer_id', customer, 'attached', attached))
$$;
create function pg_temp.who(who text) returns text language sql as $$
  select concat_ws(' ', billing_mode, stripe_subscription_id, stripe_subscription_status, (downgrade_deadline at time zone 'UTC')::date) from public.users where id = who
$$;
create function pg_temp.comes(id text, at int, facts jsonb, asks boolean) returns text language plpgsql as $$
declare
  answer jsonb;
begin
  insert into console.inbox (provider, event_id, received_at, next_attempt_at, body, livemode) values ('stripe', id, now(), now(), '', true)
  on conflict (provider, event_id) do update set state = 'pending', done_at = null;
  answer := pg_temp.apply(id, at, facts, 'x', true, asks);
  update console.inbox as i set state = answer ->> 'result', outcome = answer -> 'outcome', done_at = case when answer ->> 'result' = 'done' then now() end where i.event_id = comes.id and i.state = 'pending';
  return concat_ws(' ', answer ->> 'result', answer #>> '{outcome,conflict}', answer #>> '{outcome,unknown}', answer #>> '{outcome,plan}');
end
$$;
create temporary table leased (customer text, lease uuid);
grant all on leased to public;
create function pg_temp.lists(customer text, facts jsonb) returns text language plpgsql as $$
begin
  delete from leased;
  perform tap.told('tap_receiver', format(
    'with c as (insert into pg_temp.leased select object_id, lease from console.claim_stripe_doubts(100, %L, true) where kind = ''holdings'' returning *) select count(*) from c',
    clock_timestamp() + interval '10 minutes'));
  update console.stripe_doubts set leased_until = null where kind <> 'holdings' or object_id <> customer;
  return tap.told('tap_receiver', format('select console.end_stripe_listing(%L, %L, now(), %L, %L)', customer,
    (select l.lease from leased as l where l.customer = lists.customer), facts, timestamptz '2026-02-01 00:00:00+00'));
end
$$;
create function pg_temp.person(customer text) returns jsonb language sql as $$ select pg_temp.fact('customers', customer, '{"deleted": false}') $$;
create function pg_temp.answers(customer text, error text) returns text language plpgsql as $$
begin
  delete from leased;
  update console.stripe_doubts set next_at = now() where kind = 'holdings' and object_id = customer;
  perform tap.told('tap_receiver', format(
    'with c as (insert into pg_temp.leased select object_id, lease from console.claim_stripe_doubts(100, %L, true) where kind = ''holdings'' returning *) select count(*) from c',
    clock_timestamp() + interval '10 minutes'));
  update console.stripe_doubts set leased_until = null where kind <> 'holdings' or object_id <> customer;
  return tap.told('tap_receiver', format('select console.end_stripe_doubt(%L, %L, now(), null, null, %L, now())', customer,
    (select l.lease from leased as l where l.customer = answers.customer), error));
end
$$;
-- So often it could not be asked for.
create function pg_temp.fails(customer text, often int) returns text language plpgsql as $$
declare
  said text;
begin
  for n in 1 .. often loop
    said := pg_temp.answers(customer, 'refused');
  end loop;
  return said;
end
$$;
create function pg_temp.holdings() returns text language sql as $$
  select string_agg(object_id, ' ' order by object_id) from console.stripe_doubts where kind = 'holdings'
$$;

-- An unseen subscription that runs, while a trial beside it ends.
select is(pg_temp.comes('o1', 60, pg_temp.of('cus_old1', 'sub_trial', 'trialing'), true), 'done', 'a trial of somebody who was there before');
select is(pg_temp.comes('o2', 61, pg_temp.of('cus_old1', 'sub_trial', 'canceled'), true), 'done ended', 'ends, and may not be all they have');
select is(pg_temp.who('old1'), 'postpaid sub_trial trialing', 'nothing follows');
select is(pg_temp.holdings(), 'cus_old1', 'until that is asked');
select is(pg_temp.lists('cus_old1', pg_temp.person('cus_old1') || pg_temp.of('cus_old2', 'sub_x', 'active')), '[HD005]', 'what somebody else has is no answer');
select is(pg_temp.lists('cus_old1', pg_temp.of('cus_old1', 'sub_x', 'active')), '[HD005]', 'nor is one without the customer');
update console.stripe_doubts set leased_until = null;
select is(pg_temp.lists('cus_old1', pg_temp.person('cus_old1') || pg_temp.of('cus_old1', 'sub_runs', 'active', '2025-01-01') || pg_temp.of('cus_old1', 'sub_trial', 'canceled')), 'kept', 'Stripe says what they have');
select is(pg_temp.who('old1'), 'postpaid sub_runs active', 'the other one runs');
select is(pg_temp.holdings(), null, 'which is in doubt no more');
select is(pg_temp.comes('o3', 62 + 86400 * 60, pg_temp.of('cus_old1', 'sub_runs', 'canceled', '2025-01-01'), true), 'done ended', 'when that ends');
select is(pg_temp.who('old1'), 'free sub_trial canceled', 'the plan does');

-- What had ended before anybody listened ends nothing now.
update public.users set billing_mode = 'postpaid' where id = 'old2';
select is(pg_temp.comes('o4', 63, pg_temp.of('cus_old2', 'sub_2', 'incomplete'), true), 'done', 'somebody tries to subscribe');
select is(pg_temp.comes('o5', 64, pg_temp.of('cus_old2', 'sub_2', 'active'), true), 'done', 'and does');
select is(pg_temp.comes('o6', 65, pg_temp.card('cus_old2', 'pm_1', false), true), 'done last_card', 'a card is removed that is the only one known');
select is(pg_temp.who('old2'), 'postpaid sub_2 active', 'which gives nobody a deadline');
select is(pg_temp.lists('cus_old2', pg_temp.person('cus_old2') || pg_temp.of('cus_old2', 'sub_2', 'active') || pg_temp.card('cus_old2', 'pm_2', true)), 'kept', 'there is another');
select is(pg_temp.who('old2'), 'postpaid sub_2 active', 'so there is none');
select is(pg_temp.comes('o7', 66 + 86400 * 60, pg_temp.card('cus_old2', 'pm_2', false), true), 'done', 'until that is removed');
select is(pg_temp.who('old2'), 'postpaid sub_2 active 2026-03-09', 'then there is');

-- Without a key a person is told, once.
select is(pg_temp.comes('o8', 67, pg_temp.of('cus_old3', 'sub_o3', 'canceled'), false), 'conflict not_all_known ended', 'without a key a person looks');
select is(pg_temp.comes('o9', 68, pg_temp.fact('invoices', 'in_3', '{"customer_id": "cus_old3", "status": "void", "total": "9"}'), false), 'done ended', 'of whom one event waits already');
select is(pg_temp.who('old3'), 'postpaid', 'nothing follows');
select is(pg_temp.comes('o8', 67, pg_temp.of('cus_old3', 'sub_o3', 'canceled'), false), 'conflict not_all_known ended', 'applied again it waits again');
savepoint waits;
select is(pg_temp.dismisses('o8'), '', 'they do what is right');
select is(pg_temp.comes('o10', 69, pg_temp.fact('invoices', 'in_3', '{"customer_id": "cus_old3", "status": "void", "total": "9"}'), false), 'done ended', 'and are not asked again');
select is(pg_temp.who('old3'), 'postpaid', 'nor does anything follow');
select is(pg_temp.holdings(), null, 'nor is it in doubt, where nobody can be asked');
select is(pg_temp.comes('o10k', 69, pg_temp.fact('invoices', 'in_3', '{"customer_id": "cus_old3", "status": "void", "total": "9"}'), true), 'done ended', 'with a key');
select is(pg_temp.fails('cus_old3', 6), 'again', 'that Stripe refuses for long');
select is(pg_temp.told('o10k'), 'done', 'they are not asked again either');
select is(pg_temp.lists('cus_old3', pg_temp.person('cus_old3') || pg_temp.of('cus_old3', 'sub_o3', 'canceled')), 'kept', 'and when it answers');
select is(pg_temp.who('old3'), 'postpaid sub_o3 canceled', 'the plan is as it was decided');
rollback to waits;
select is(pg_temp.lists('cus_old3', pg_temp.person('cus_old3') || pg_temp.of('cus_old3', 'sub_o3', 'canceled')), 'kept', 'with a key Stripe is asked after all');
select is(pg_temp.told('o8'), 'done not_all_known', 'and nobody waits');
select is(pg_temp.who('old3'), 'free sub_o3 canceled', 'what was told live follows');
update public.users set billing_mode = 'postpaid', stripe_customer_id = 'cus_old4' where id = 'old3';
select is(pg_temp.comes('o11', 70, pg_temp.of('cus_old4', 'sub_4a', 'canceled'), false), 'conflict not_all_known ended', 'somebody else');
select is(pg_temp.apply('o12', 0, pg_temp.person('cus_old4'), 'customer.created') #>> '{outcome,plan}', 'ended', 'of whom it turns out that they were made since');
select is(pg_temp.told('o11'), 'done not_all_known', 'is in no doubt');
update public.users set billing_mode = 'postpaid', stripe_customer_id = 'cus_old5' where id = 'old3';
select is(pg_temp.comes('o13', 71, pg_temp.of('cus_old5', 'sub_5', 'active'), true), 'done', 'one who runs');
select is(pg_temp.comes('o14', 72, pg_temp.card('cus_old5', 'pm_5', false), true), 'done last_card', 'and is asked about');
select is(pg_temp.lists('cus_old5', pg_temp.person('cus_old5') || pg_temp.of('cus_old5', 'sub_5', 'canceled')), 'kept', 'turns out to have ended by now');
select is(pg_temp.who('old3'), 'postpaid sub_5 canceled', 'of which the list alone ends no plan');
select is(pg_temp.comes('o15', 73, pg_temp.of('cus_old5', 'sub_5', 'canceled'), true), 'done ended', 'but its event does');


-- Stripe knows nobody of that name: the key is another account's, which a person is told, once.
update public.users set billing_mode = 'postpaid', stripe_customer_id = 'cus_old6' where id = 'old3';
select is(pg_temp.comes('o16', 74, pg_temp.of('cus_old6', 'sub_6', 'canceled'), true), 'done ended', 'one of whom more may be known');
select is(pg_temp.answers('cus_old6', null), 'gone', 'is nobody where it is asked');
select is(pg_temp.told('o16'), 'conflict not_all_known', 'a person looks');
select is(pg_temp.comes('o17', 75, pg_temp.fact('invoices', 'in_6', '{"customer_id": "cus_old6", "status": "void", "total": "9"}'), true), 'done ended', 'of what comes next');
select is(pg_temp.answers('cus_old6', null), 'gone', 'the same is said');
select is(pg_temp.told('o17'), 'done', 'and no second person looks');
select is(pg_temp.who('old3'), 'postpaid sub_5 canceled', 'nothing follows');

-- A bank that is still at it has not failed; what was told to have failed has, whatever is told later.
update public.users set stripe_customer_id = 'cus_debit' where id = 'old3';
insert into console.stripe_whole (customer_id, livemode, how) values ('cus_debit', true, 'made');
create function pg_temp.debit(status text, more jsonb default '{}') returns jsonb language sql as $$
  select pg_temp.fact('invoices', 'in_debit', '{"customer_id": "cus_debit", "created_at": "2026-01-02 00:00:00+00", "subscription_id": "sub_debit", "total": "9", "amount_paid": "0", "attempt_count": 1, "payment_intent_id": "pi_debit", "lines_complete": true}' || jsonb_build_object('status', status) || more)
$$;
create function pg_temp.intent(status text, code text) returns jsonb language sql as $$
  select pg_temp.fact('payments', 'pi_debit', jsonb_build_object('customer_id', 'cus_debit', 'payment_intent_id', 'pi_debit', 'status', status, 'failure_code', code))
$$;
create function pg_temp.debited() returns text language sql as $$
  select concat_ws(' ', (select status from public.billing_history where invoice_id = 'in_debit'), (select standing from console.billed where stripe_invoice_id = 'in_debit' limit 1),
    case when (select downgrade_deadline from public.users where id = 'old3') is null then 'no deadline' else 'deadline' end)
$$;
select pg_temp.apply('b1', 80, pg_temp.of('cus_debit', 'sub_debit', 'active'));
select is(pg_temp.apply('b2', 81, pg_temp.debit('open')) ->> 'result', 'done', 'a bank was asked for the money');
select is(pg_temp.debited(), 'pending open no deadline', 'which is no failure');
select pg_temp.apply('b3', 82, pg_temp.intent('processing', null));
select is(pg_temp.debited(), 'pending open no deadline', 'as long as it is at it');
savepoint debit;
select pg_temp.apply('b4', 83, pg_temp.intent('requires_payment_method', 'insufficient_funds'));
select is(pg_temp.debited(), 'failed failed deadline', 'another way to pay is asked for: it failed');
select pg_temp.apply('b5', 84, pg_temp.intent('processing', null));
select is(pg_temp.debited(), 'pending open no deadline', 'until a bank is asked again');
rollback to debit;
select pg_temp.apply('b6', 83, pg_temp.of('cus_debit', 'sub_debit', 'past_due'));
select is(pg_temp.debited(), 'failed failed deadline', 'Stripe takes the subscription for unpaid: it failed');
rollback to debit;
select pg_temp.apply('b7', 80, pg_temp.debit('open', '{"payment_failed": true}'));
select is(pg_temp.debited(), 'failed failed deadline', 'that it failed was told, before what is known');
select pg_temp.apply('b8', 85, pg_temp.debit('paid', '{"amount_paid": "9"}'));
select is(pg_temp.debited(), 'paid paid no deadline', 'at last it is paid');
rollback to debit;
-- The week to mend it begins when it fails: a debit takes days, an invoice may be due long after it is made.
create function pg_temp.day(day int, seconds int default 0) returns int language sql immutable as $$ select (day - 1) * 86400 + seconds $$;
create function pg_temp.week() returns text language sql as $$
  select (downgrade_deadline at time zone 'UTC')::text from public.users where id = 'old3'
$$;
create function pg_temp.weeks(variadic events text[]) returns text language plpgsql as $$
declare
  event text;
begin
  foreach event in array events loop
    case event
      when 'active' then perform pg_temp.apply('w0', pg_temp.day(1, 100), pg_temp.of('cus_debit', 'sub_debit', 'active'));
      when 'open' then perform pg_temp.apply('w1', pg_temp.day(2, 1), pg_temp.debit('open', '{"attempt_count": 0}'));
      when 'fails' then perform pg_temp.apply('w2', pg_temp.day(22), pg_temp.debit('open', '{"payment_failed": true}'));
      when 'fails again' then perform pg_temp.apply('w3', pg_temp.day(25), pg_temp.debit('open', '{"payment_failed": true}'));
      when 'no card' then perform pg_temp.apply('w4', pg_temp.day(22, 60), pg_temp.intent('requires_payment_method', 'card_declined'));
      when 'no card again' then perform pg_temp.apply('w5', pg_temp.day(26), pg_temp.intent('requires_payment_method', 'card_declined'));
      when 'past_due' then perform pg_temp.apply('w6', pg_temp.day(22, 30), pg_temp.of('cus_debit', 'sub_debit', 'past_due'));
      when 'past_due still' then perform pg_temp.apply('w7', pg_temp.day(27), pg_temp.of('cus_debit', 'sub_debit', 'past_due'));
      when 'mended' then perform pg_temp.apply('w8', pg_temp.day(42), pg_temp.of('cus_debit', 'sub_debit', 'active'));
      when 'past_due once more' then perform pg_temp.apply('w9', pg_temp.day(43), pg_temp.of('cus_debit', 'sub_debit', 'past_due'));
      when 'and still' then perform pg_temp.apply('w10', pg_temp.day(46), pg_temp.of('cus_debit', 'sub_debit', 'past_due'));
      when 'paid' then perform pg_temp.apply('w11', pg_temp.day(44), pg_temp.debit('paid', '{"amount_paid": "9"}'));
    end case;
  end loop;
  return pg_temp.week();
end
$$;
select is(pg_temp.weeks('active', 'open'), null, 'an invoice of the second of January waits');
savepoint week;
select is(pg_temp.weeks('fails'), '2026-01-29 00:00:00', 'twenty days later it fails: a week from then');
select is(pg_temp.weeks('fails again', 'fails'), '2026-01-29 00:00:00', 'each further try leaves that as it is');
rollback to week;
select is(pg_temp.weeks('fails again', 'fails'), '2026-01-29 00:00:00', 'the first try counts, told last');
select is(pg_temp.weeks('paid'), null, 'paid, there is nothing to mend');
rollback to week;
select is(pg_temp.weeks('no card', 'no card again'), '2026-01-29 00:01:00', 'the same where its payment tells');
rollback to week;
select is(pg_temp.weeks('no card again', 'no card', 'fails again'), '2026-01-29 00:01:00', 'in any order');
rollback to week;
select is(pg_temp.weeks('past_due', 'past_due still'), '2026-01-29 00:00:30', 'or its subscription, whose further news moves nothing');
select is(pg_temp.weeks('past_due'), '2026-01-29 00:00:30', 'nor does the first of it, told again');
select is(pg_temp.weeks('mended'), null, 'it runs again');
select is(pg_temp.weeks('past_due once more', 'and still'), '2026-02-19 00:00:00', 'and becomes so once more: a week from then');
rollback to week;
select is(pg_temp.weeks('and still', 'past_due still', 'past_due once more', 'past_due', 'mended'), '2026-02-19 00:00:00', 'in whichever order all that is told');
select is((select cardinality(past_due_at) from console.stripe_subscriptions where id = 'sub_debit'), 2, 'of which only what still counts is kept');
rollback to week;
-- What is owed of a subscription that has ended is owed all the same, but is no reason to end another.
select pg_temp.apply('w12', pg_temp.day(30), pg_temp.of('cus_debit', 'sub_next', 'active', '2026-01-30'));
select is(pg_temp.weeks('fails'), '2026-01-29 00:00:00', 'beside another subscription the first one''s invoice fails');
select pg_temp.apply('w13', pg_temp.day(31), pg_temp.of('cus_debit', 'sub_debit', 'canceled'));
select is(pg_temp.week(), null, 'with its subscription the deadline for it ends');
select is((select standing from console.billed where stripe_invoice_id = 'in_debit' limit 1), 'failed', 'it is owed all the same');
select pg_temp.apply('w14', pg_temp.day(32), pg_temp.fact('invoices', 'in_next', '{"customer_id": "cus_debit", "subscription_id": "sub_next", "status": "open", "total": "9", "payment_failed": true}'));
select is(pg_temp.week(), '2026-02-08 00:00:00', 'one of the subscription that runs has its own');
rollback to week;
rollback to debit;
-- What the service does not keep, the mirror tells.
delete from public.billing_history where invoice_id = 'in_debit';
delete from public.invoices where stripe_invoice_id = 'in_debit';
select is((select standing from console.billed_mirror where id = 'in_debit'), 'open', 'listed from the mirror it is open');
update console.stripe_invoices set payment_failed = true where id = 'in_debit';
select is((select standing from console.billed_mirror where id = 'in_debit'), 'failed', 'or failed');
update console.stripe_invoices set payment_failed = null where id = 'in_debit';
update console.stripe_subscriptions set status = 'unpaid' where id = 'sub_debit';
select is((select standing from console.billed_mirror where id = 'in_debit'), 'failed', 'as its subscription says, too');
update console.stripe_subscriptions set status = 'active' where id = 'sub_debit';

-- A draft that is deleted is none.
select pg_temp.apply('b9', 86, pg_temp.fact('invoices', 'in_draft', '{"customer_id": "cus_debit", "status": "draft", "total": "9", "deleted": false}'));
select is((select count(*)::int from console.billed_mirror where id = 'in_draft'), 1, 'a draft is listed');
select pg_temp.apply('b10', 87, pg_temp.fact('invoices', 'in_draft', '{"customer_id": "cus_debit", "status": "draft", "total": "9", "deleted": true}', 2000000));
select pg_temp.apply('b9', 86, pg_temp.fact('invoices', 'in_draft', '{"customer_id": "cus_debit", "status": "draft", "total": "9", "deleted": false}'));
select is((select count(*)::int from console.billed_mirror where id = 'in_draft'), 0, 'one that was deleted is not');

-- Flexible billing says with a date that a subscription ends with its period.
create function pg_temp.ends(at_second int, at text, flag boolean default false) returns text language plpgsql as $$
begin
  perform pg_temp.apply('ends' || at_second, at_second, pg_temp.fact('subscriptions', 'sub_debit', jsonb_build_object(
    'customer_id', 'cus_debit', 'status', 'active', 'current_period_end', '2026-03-01', 'cancel_at', at, 'cancel_at_period_end', flag)));
  return (select cancel_at_period_end::text from public.subscriptions where stripe_subscription_id = 'sub_debit');
end
$$;
select is(pg_temp.ends(90, null), 'false', 'a subscription goes on');
select is(pg_temp.ends(91, '2026-03-01'), 'true', 'one that ends on the last day of its period ends with it');
select is(pg_temp.ends(92, '2026-03-01 00:00:01'), 'false', 'one that ends later goes on for now');
select is(pg_temp.ends(93, null, true), 'true', 'and the older word is understood');

-- A plan that the service does not let end is told to a person, once, until it ends after all.
update public.users set stripe_customer_id = 'cus_stays', billing_mode = 'postpaid', downgrade_deadline = null where id = 'old3';
insert into console.stripe_whole (customer_id, livemode, how) values ('cus_stays', true, 'made');
set constraints all immediate;
alter table public.users add constraint tap_no_end check (id <> 'old3' or billing_mode is not distinct from 'postpaid') not valid;
create function pg_temp.voids(at int) returns text language sql as $$
  select pg_temp.comes('v' || at, at, pg_temp.fact('invoices', 'in_stays', '{"customer_id": "cus_stays", "status": "void", "total": "9"}'), false)
$$;
create function pg_temp.both(event text) returns text language sql as $$
  select concat_ws(' ', state, outcome ->> 'conflict', outcome ->> 'also') from console.inbox where event_id = event
$$;
select is(pg_temp.comes('r1', 100, pg_temp.of('cus_stays', 'sub_stays', 'active'), false), 'done', 'a subscription whose plan cannot be ended');
select is(pg_temp.comes('r2', 101, pg_temp.of('cus_stays', 'sub_stays', 'canceled'), false), 'conflict plan_not_ended refused', 'ends: a person is told');
select is(pg_temp.who('old3'), 'postpaid sub_stays canceled', 'the plan goes on');
select is(pg_temp.voids(102), 'done refused', 'one event waits for that');
select is(pg_temp.comes('r2', 101, pg_temp.of('cus_stays', 'sub_stays', 'canceled'), false), 'conflict plan_not_ended refused', 'applied again it waits again');
savepoint stays;
alter table public.users drop constraint tap_no_end;
select is(pg_temp.voids(103), 'done ended', 'once the service lets it, the next news ends it');
select is(pg_temp.told('r2') || ' ' || pg_temp.who('old3'), 'done plan_not_ended free sub_stays canceled', 'and nobody waits');
rollback to stays;
select is(pg_temp.comes('r3', 104, pg_temp.of('cus_stays', 'sub_stays2', 'active', '2026-01-09'), false), 'done', 'they subscribe again');
select is(pg_temp.told('r2'), 'done plan_not_ended', 'so that nothing is to be ended');
rollback to stays;
select is(pg_temp.dismisses('r2'), '', 'a person may leave it as it is');
select is((
  select count(*)::int from pg_locks where locktype = 'advisory' and pid = pg_backend_pid() and (classid::bigint << 32 | objid::bigint) = hashtextextended('stripe:cus_stays', 50)
), 1, 'alone with that customer');
select is(pg_temp.voids(105), 'done', 'and is not told again');
select is(pg_temp.who('old3'), 'postpaid sub_stays canceled', 'nor is anything ended');
rollback to stays;
-- One event may tell a person of that and of something else: both are told, and each ends by itself.
insert into console.stripe_whole (customer_id, livemode, how) values ('cus_both', true, 'made');
select is(pg_temp.arrives('r4', 106, pg_temp.fact('checkouts', 'cs_both', '{"customer_id": "cus_both", "mode": "payment", "payment_status": "paid", "amount": "40", "currency": "EUR", "payment_intent_id": "pi_both"}')), 'conflict unknown_customer 40 EUR 0', 'forty euros of nobody yet');
update public.users set stripe_customer_id = 'cus_both' where id = 'old3';
select pg_temp.arrives('r5', 107, pg_temp.of('cus_both', 'sub_both', 'canceled'));
select is(pg_temp.both('r5'), 'conflict credits_in_other_currency ["plan_not_ended"]', 'their subscription ends: a person is told of both');
select is(pg_temp.comes('v108', 108, pg_temp.fact('invoices', 'in_both', '{"customer_id": "cus_both", "status": "void", "total": "9"}'), false), 'done refused', 'once');
savepoint two;
select pg_temp.arrives('r6', 109, pg_temp.fact('payments', 'ch_both', '{"customer_id": "cus_both", "payment_intent_id": "pi_both", "status": "succeeded", "amount": "40", "amount_refunded": "10", "currency": "EUR"}'));
select is(pg_temp.both('r6') || ', ' || pg_temp.both('r5'), 'conflict credits_in_other_currency, conflict plan_not_ended', 'what is told anew is told by the later event, the plan by the first');
alter table public.users drop constraint tap_no_end;
select is(pg_temp.comes('v110', 110, pg_temp.fact('invoices', 'in_both', '{"customer_id": "cus_both", "status": "void", "total": "9"}'), false), 'done ended', 'the plan ends after all');
select is(pg_temp.both('r6') || ', ' || pg_temp.both('r5'), 'conflict credits_in_other_currency, done plan_not_ended', 'and nobody waits for that');
rollback to two;
alter table public.users drop constraint tap_no_end;
select is(pg_temp.comes('v110', 110, pg_temp.fact('invoices', 'in_both', '{"customer_id": "cus_both", "status": "void", "total": "9"}'), false), 'done ended', 'or the plan first');
select is(pg_temp.both('r5'), 'conflict credits_in_other_currency', 'then the credits wait alone');
rollback to two;
select is(pg_temp.dismisses('r5') || pg_temp.both('r5'), 'done credits_in_other_currency ["plan_not_ended"]', 'who puts it aside has seen both');
select is(pg_temp.comes('v111', 111, pg_temp.fact('invoices', 'in_both', '{"customer_id": "cus_both", "status": "void", "total": "9"}'), false), 'done', 'neither is told again');
rollback to stays;
-- So do whose customer it is, and which of two events is the later: of what else an event tells a person hears all the same.
create function pg_temp.reads(object text, fact jsonb) returns text language plpgsql as $$
begin
  delete from leased;
  update console.stripe_doubts set next_at = now(), leased_until = null where object_id = object;
  perform tap.told('tap_receiver', format(
    'with c as (insert into pg_temp.leased select object_id, lease from console.claim_stripe_doubts(100, %L, true) where kind <> ''holdings'' returning *) select count(*) from c',
    clock_timestamp() + interval '10 minutes'));
  return tap.told('tap_receiver', format('select console.end_stripe_doubt(%L, %L, now(), %L, %L, null, null)', object,
    (select l.lease from leased as l where l.customer = object), fact, timestamptz '2026-02-01 00:00:00+00'));
end
$$;
create function pg_temp.gone(at int) returns text language sql as $$
  select pg_temp.comes('gone' || at, at, pg_temp.fact('invoices', 'in_gone', '{"customer_id": "cus_gone", "status": "void", "total": "9"}'), false)
$$;
insert into console.stripe_whole (customer_id, livemode, how) values ('cus_gone', true, 'made');
update public.users set stripe_customer_id = 'cus_gone' where id = 'old3';
select is(pg_temp.comes('r7', 112, pg_temp.of('cus_gone', 'sub_gone', 'canceled'), false), 'conflict plan_not_ended refused', 'a plan cannot be ended, of a customer who is asked for');
update public.users set stripe_customer_id = null where id = 'old3';
select is(pg_temp.arrives('r8', 113, pg_temp.fact('checkouts', 'cs_gone', '{"customer_id": "cus_gone", "mode": "payment", "payment_status": "paid", "amount": "40"}')), 'conflict unknown_customer', 'somebody pays when nobody is that customer');
savepoint gone;
select is(pg_temp.reads('cus_gone', pg_temp.person('cus_gone') -> 0), 'kept', 'then Stripe answers');
select is(pg_temp.both('r7'), 'conflict unknown_customer ["plan_not_ended"]', 'which the event that asked tells as well');
update public.users set stripe_customer_id = 'cus_gone' where id = 'old3';
savepoint known;
select is(pg_temp.gone(114), 'done refused', 'once the customer is known');
select is(pg_temp.both('r7') || ', ' || pg_temp.both('r8'), 'conflict plan_not_ended, done unknown_customer', 'the plan still waits for a person');
rollback to known;
update console.effect_switches set mode = 'shadow' where effect = 'stripe_events';
select is(pg_temp.gone(114), 'done', 'in shadow, too');
select is(pg_temp.both('r7') || ', ' || pg_temp.both('r8'), 'conflict plan_not_ended, done unknown_customer', 'where no other event would tell of it');
rollback to gone;
select pg_temp.comes('r9', 115, pg_temp.of('cus_gone', 'sub_gone2', 'active', '2026-01-06'), false);
delete from console.stripe_doubts where object_id = 'cus_gone';
select is(pg_temp.comes('r10', 115, pg_temp.of('cus_gone', 'sub_gone2', 'past_due', '2026-01-06'), false), 'conflict cannot_be_ordered', 'two of one second');
select is(pg_temp.reads('cus_gone', pg_temp.person('cus_gone') -> 0), 'kept', 'of which the customer is answered first');
select is(pg_temp.both('r10'), 'conflict unknown_customer ["cannot_be_ordered"]', 'wait for both');
savepoint unordered;
select is(pg_temp.reads('sub_gone2', pg_temp.of('cus_gone', 'sub_gone2', 'active', '2026-01-06') -> 0), 'kept', 'which is the later is answered');
select is(pg_temp.both('r10'), 'conflict unknown_customer', 'and whose it is is left');
rollback to unordered;
select pg_temp.comes('r11', 116, pg_temp.of('cus_gone', 'sub_gone2', 'active', '2026-01-06'), false);
select is(pg_temp.both('r10'), 'conflict unknown_customer', 'as after newer news');
rollback to unordered;
update public.users set stripe_customer_id = 'cus_gone' where id = 'old3';
select pg_temp.gone(117);
select is(pg_temp.both('r10'), 'conflict cannot_be_ordered', 'whose it is is known first: the other is left');
rollback to stays;
alter table public.users drop constraint tap_no_end;

-- Whoever a customer names is linked where the service takes it, and only then it is said.
insert into public.users (id, email) values ('named', 'named@r.example');
create function pg_temp.names(at int) returns text language sql as $$
  select concat_ws(' ', answer #>> '{outcome,user}', answer #>> '{outcome,linked}')
  from pg_temp.apply('names' || at, at, pg_temp.fact('customers', 'cus_names', '{"deleted": false, "user_named": "named"}')) as answer
$$;
set constraints all immediate;
alter table public.users add constraint tap_no_link check (stripe_customer_id <> 'cus_names') not valid;
select is(pg_temp.names(110), 'named', 'a link that is refused is none');
alter table public.users drop constraint tap_no_link;
select is(pg_temp.names(111), 'named true', 'one that is written is');

-- Credits in another currency, of a customer whom nobody here is any more: what goes back is told all the same.
insert into public.users (id, email, stripe_customer_id) values ('left', 'left@r.example', 'cus_left');
create function pg_temp.left(what text, at int, back text default '0') returns text language sql as $$
  select pg_temp.arrives('left' || at, at, case what
    when 'buys' then pg_temp.fact('checkouts', 'cs_left', '{"customer_id": "cus_left", "mode": "payment", "payment_status": "paid", "amount": "40", "currency": "EUR", "payment_intent_id": "pi_left"}', at)
    else pg_temp.fact('payments', 'ch_left', jsonb_build_object('customer_id', 'cus_left', 'payment_intent_id', 'pi_left', 'status', 'succeeded', 'amount', '40', 'amount_refunded', back, 'currency', 'EUR'), at)
  end)
$$;
select is(pg_temp.left('buys', 120), 'conflict credits_in_other_currency 40 EUR 0', 'forty euros');
savepoint left_us;
select is(pg_temp.dismisses('left120'), '', 'are seen to');
update public.users set stripe_customer_id = null where id = 'left';
select is(pg_temp.left('pays', 121), 'done', 'they leave, and nothing is new');
select is(pg_temp.left('pays', 122, '15'), 'conflict credits_in_other_currency 40 EUR 15', 'some of it goes back: a person is told');
select is(pg_temp.left('pays', 123, '15'), 'done', 'once');
select is(pg_temp.left('pays', 124, '40'), 'conflict credits_in_other_currency 40 EUR 40', 'the rest, too');
select is(pg_temp.told('left122'), 'done credits_in_other_currency', 'instead');
rollback to left_us;
update public.users set stripe_customer_id = null where id = 'left';
select is(pg_temp.left('pays', 125, '15'), 'conflict unknown_customer 40 EUR 15', 'before anybody saw to it, whose it is is asked first');
update public.users set stripe_customer_id = 'cus_left' where id = 'left';
select is(pg_temp.left('pays', 126, '15'), 'conflict credits_in_other_currency 40 EUR 15', 'then how many credits it is');
select is(pg_temp.told('left120') || ', ' || pg_temp.told('left125'), 'done credits_in_other_currency, done unknown_customer', 'and that alone');
update console.effect_switches set mode = 'shadow' where effect = 'stripe_events';
update public.users set stripe_customer_id = null where id = 'left';
select is(pg_temp.left('pays', 127, '20'), 'done', 'in shadow nobody is told');
update console.effect_switches set mode = 'live' where effect = 'stripe_events';

select * from finish();
