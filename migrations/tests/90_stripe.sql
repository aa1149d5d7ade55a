-- What Stripe says: newer wins whatever the order, modes do not mix, and what follows is on record.
begin;
set local search_path = public, extensions, tap;
select * from no_plan();
select tap.hire();
select tap.a_service();
update public.users set stripe_customer_id = 'cus_dan', billing_mode = 'postpaid' where id = 'o|dan';

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
select * from finish();
