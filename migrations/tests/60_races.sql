-- What two people do at the same moment. Needs two more connections (dblink) and commits, so it
-- cleans up by hand. The two-level rule must hold under either isolation level: one of the two is
-- refused, whatever the order.
set search_path = public, extensions, tap;
create extension if not exists dblink with schema tap;
select * from no_plan();

-- How the second of two transactions ends: `first` is open and holds its change, `second` starts,
-- then `first` commits.
create function pg_temp.race(isolation text, first text, second text) returns text
language plpgsql as $$
declare
  here constant text := format(
    'dbname=%s host=%s user=%s', current_database(), current_setting('unix_socket_directories'), session_user
  );
  verdict text := 'committed';
begin
  perform dblink_connect('first', here);
  perform dblink_connect('second', here);
  perform dblink_exec('first', 'update public.users set account_owner_id = null where id like ''r_''');
  perform dblink_exec('second', 'begin isolation level ' || isolation);
  perform * from dblink('second', 'select 1 from public.users limit 1') as snapshot (one int);
  perform dblink_exec('first', 'begin isolation level ' || isolation);
  perform dblink_exec('first', first);
  perform dblink_send_query('second', second);
  perform pg_sleep(0.2);
  perform dblink_exec('first', 'commit');
  begin
    perform * from dblink_get_result('second') as answer (status text);
    perform * from dblink_get_result('second') as answer (status text);
    perform dblink_exec('second', 'commit');
  exception
    when others then verdict := sqlstate;
  end;
  perform dblink_disconnect('first');
  perform dblink_disconnect('second');
  return verdict;
end
$$;

insert into public.users (id, email) values ('ra', 'ra@x.example'), ('rb', 'rb@x.example'), ('rc', 'rc@x.example');

select matches(
  pg_temp.race(
    level,
    $$ update public.users set account_owner_id = 'ra' where id = 'rb' $$,
    $$ update public.users set account_owner_id = 'rc' where id = 'ra' $$
  ),
  '^(23503|40001)$',
  format('%s: an owner who is just getting a member cannot become one', level)
)
from unnest(array['read committed', 'repeatable read']) as level;

select matches(
  pg_temp.race(
    level,
    $$ update public.users set account_owner_id = 'rc' where id = 'ra' $$,
    $$ update public.users set account_owner_id = 'ra' where id = 'rb' $$
  ),
  '^(23503|40001)$',
  format('%s: nobody joins an owner who is just becoming a member', level)
)
from unnest(array['read committed', 'repeatable read']) as level;

insert into public.hopsworks_clusters (id, name, api_url, max_users)
values ('00000000-0000-4000-8000-0000000000ee', 'one-seat', 'https://r.example', 1);
select is(
  pg_temp.race(
    'read committed',
    $$ do 'begin perform public.increment_cluster_users(''00000000-0000-4000-8000-0000000000ee''); end' $$,
    $$ do 'begin perform public.increment_cluster_users(''00000000-0000-4000-8000-0000000000ee''); end' $$
  ),
  '23514',
  'of two who want the last seat one is told that the cluster is full'
);

-- Two pieces of news that know of each other only through a third, or not at all: whichever is written last sees the other.
create function pg_temp.news(facts text) returns text language sql as $$
  select format(
    $sql$do 'begin perform console.apply_stripe(%s, (select jsonb_agg(f || jsonb_build_object(''rank'', 1)) from jsonb_array_elements(%s) as f), true); end'$sql$,
    replace(quote_literal(jsonb_build_object('id', 'e_' || md5(facts), 'created', '2026-05-01 00:00Z', 'livemode', true)), '''', ''''''),
    replace(quote_literal(facts), '''', '''''')
  )
$$;
create temporary table told (what text, facts text);
insert into told values
('payment', '[{"table": "payments", "row": {"id": "ch_race", "payment_intent_id": "pi_race", "customer_id": "cus_race", "status": "succeeded", "currency": "USD", "amount": "9", "amount_refunded": "0"}}]'),
('dispute', '[{"table": "disputes", "row": {"id": "dp_race", "charge_id": "ch_race", "status": "lost", "currency": "USD", "amount": "9"}}]'),
('link', '[{"table": "invoice_payments", "row": {"id": "inpay_race", "invoice_id": "in_race", "payment_intent_id": "pi_race", "status": "paid"}}]'),
('invoice', '[{"table": "invoices", "row": {"id": "in_race", "customer_id": "cus_race", "status": "paid", "currency": "USD", "total": "9", "amount_paid": "9", "lines_complete": true}}]'),
('checkout', '[{"table": "checkouts", "row": {"id": "cs_race", "customer_id": "cus_race", "mode": "payment", "payment_status": "paid", "currency": "USD", "amount": "9", "payment_intent_id": "pi_race"}}]');
insert into public.users (id, email, stripe_customer_id) values ('u_race', 'u_race@x.example', 'cus_race');

-- Made ready, and looked at, by connections of their own: what is not committed nobody else sees.
create function pg_temp.forget() returns text language sql as $$
  select string_agg('delete from console.stripe_' || t || ';', ' ') from unnest(array[
    'invoices', 'invoice_payments', 'payments', 'disputes', 'checkouts', 'purchases', 'doubts'
  ]) as t
$$;
create function pg_temp.raced(one text, other text) returns text language plpgsql as $$
declare
  here constant text := format(
    'dbname=%s host=%s user=%s', current_database(), current_setting('unix_socket_directories'), session_user
  );
  verdict text;
begin
  perform dblink_exec(here, pg_temp.forget() || string_agg(pg_temp.news(t.facts), ';')) from told as t where t.what not in (one, other);
  verdict := pg_temp.race('read committed', (select pg_temp.news(t.facts) from told as t where t.what = one), (select pg_temp.news(t.facts) from told as t where t.what = other));
  return verdict || ' ' || (select ended.as from dblink(here, 'select concat_ws('' '', (select concat_ws('' '', refunded, went_back, paid_by) from console.stripe_invoices), (select refunded from console.stripe_purchases))') as ended ("as" text));
end
$$;
select is(
  pg_temp.raced(one.what, other.what), 'committed 9 t pi_race 9', one.what || ' and then ' || other.what
) from told as one, told as other where one.what <> other.what;
do $$ begin execute pg_temp.forget(); end $$;

-- What a customer has is kept before their events are applied, or after, and not beside that.
insert into console.inbox (provider, event_id, received_at, next_attempt_at, body, subject, livemode)
values ('stripe', 'race_listed', now(), now() - interval '1 hour', '', 'cus_race', true);
insert into console.stripe_doubts (object_id, kind, why, livemode, event_id, as_of, since, next_at, lease)
values ('cus_race', 'holdings', 'not_all_known', true, 'race_listed', now(), now(), now(), '00000000-0000-4000-8000-00000000000c');
create function pg_temp.beside(first text, second text) returns text language plpgsql as $$
declare
  here constant text := format(
    'dbname=%s host=%s user=%s', current_database(), current_setting('unix_socket_directories'), session_user
  );
  answer text;
begin
  perform dblink_connect('first', here);
  perform dblink_connect('second', here);
  perform dblink_exec('first', 'begin');
  perform * from dblink('first', first) as done (answer text);
  perform dblink_exec('second', 'set lock_timeout = ''300ms''');
  begin
    select done.answer into answer from dblink('second', second) as done (answer text);
  exception
    when others then answer := '[' || sqlstate || ']';
  end;
  perform dblink_exec('first', 'rollback');
  perform dblink_disconnect('first');
  perform dblink_disconnect('second');
  return answer;
end
$$;
create temporary table does as select
  $$ select coalesce(string_agg(event_id, ' '), 'none') from console.claim_events('{stripe}', now(), 10) $$ as claims,
  $$ select console.end_stripe_listing('cus_race', '00000000-0000-4000-8000-00000000000c', now(), '[{"table": "customers", "rank": 0, "row": {"id": "cus_race", "deleted": false}}]', now()) $$ as lists;
select is(pg_temp.beside(claims, lists), '[55P03]', 'while events of a customer are applied, what they have waits') from does;
select is(pg_temp.beside(lists, claims), 'none', 'while that is kept, their events are passed over') from does;
select is(pg_temp.beside('select ''''', lists), 'kept', 'one after the other') from does;
delete from console.inbox where event_id = 'race_listed';
do $$ begin execute pg_temp.forget(); end $$;

-- Who applies many events at once waits for nobody: neither for who is at the same payment, nor for who is at its customer.
create function pg_temp.yields(facts text, yields boolean default true) returns text language sql as $$
  select format(
    'select console.apply_stripe(%L, (select jsonb_agg(f || ''{"rank": 1}'') from jsonb_array_elements(%L) as f), true) ->> ''result''',
    jsonb_build_object('id', 'e_yields', 'created', '2026-05-01 00:00Z', 'livemode', true, 'yields', yields), facts
  )
$$;
create function pg_temp.facts(name text) returns text language sql as $$ select t.facts from told as t where t.what = name $$;
select is(pg_temp.beside(pg_temp.yields(pg_temp.facts('payment')), pg_temp.yields(pg_temp.facts('dispute'), false)), '[55P03]', 'a dispute waits for news of its payment');
select is(pg_temp.beside(pg_temp.yields(pg_temp.facts('payment')), pg_temp.yields(pg_temp.facts('dispute'))), 'held', 'or yields to it');
insert into console.stripe_payments (id, payment_intent_id, customer_id, status, currency, amount, amount_refunded, livemode, as_of, rank, event_id)
values ('ch_race', 'pi_race', 'cus_race', 'succeeded', 'USD', 9, 0, true, '2026-05-01 00:00Z', 0, 'e_race');
create temporary table alone as select $$ select pg_advisory_xact_lock(hashtextextended('stripe:cus_race', 50))::text $$ as is;
select is(pg_temp.beside(alone.is, pg_temp.yields(pg_temp.facts('dispute'))), 'held', 'and to whoever is at the customer that its payment tells') from alone;
select is((select count(*)::int from console.stripe_disputes), 0, 'then nothing of it is kept');
select is(pg_temp.beside('select ''''', pg_temp.yields(pg_temp.facts('dispute'))), 'done', 'until nobody is');
insert into console.stripe_doubts (object_id, kind, why, livemode, event_id, as_of, since, next_at, lease)
values ('ch_race', 'payments', 'one_second', true, 'e_race', now(), now(), now(), '00000000-0000-4000-8000-00000000000d');
select is(pg_temp.beside(alone.is, format(
  $$ select console.end_stripe_doubt('ch_race', '00000000-0000-4000-8000-00000000000d', now(), %L::jsonb -> 0, now(), null, null) $$, pg_temp.facts('payment')
)), '[55P03]', 'what Stripe answers waits for them') from alone;
do $$ begin execute pg_temp.forget(); end $$;
delete from console.stripe_whole where customer_id = 'cus_race';
delete from console.stripe_customers where id = 'cus_race';

-- Whoever is busy with one customer is in the way of nobody else, however much waits of that one.
insert into console.inbox (provider, event_id, received_at, next_attempt_at, body, subject, livemode)
select 'stripe', 'race_' || n, now(), now() - interval '1 hour' + n * interval '1 millisecond', '\x'::bytea, 'cus_busy', true from generate_series(1, 500) as n
union all
select 'stripe', 'race_then ' || n, now(), now() - interval '1 minute' + n * interval '1 second', '\x'::bytea, nullif('cus_' || n % 3, 'cus_0'), true from generate_series(1, 20) as n;
create temporary table busy as select
  $$ select pg_advisory_xact_lock(hashtextextended('stripe:cus_busy', 50))::text $$ as is,
  $$ select coalesce(string_agg(replace(event_id, 'race_then ', ''), ' '), 'none') from console.claim_events('{stripe}', now(), 7) $$ as claims;
select is(pg_temp.beside(busy.is, busy.claims), '1 2 3 4 5 6 7', 'the first that are free are found behind five hundred') from busy;
select is(
  pg_temp.beside(busy.is || '; ' || replace(busy.is, 'cus_busy', 'cus_1'), busy.claims), '2 3 5 6 8 9 11', 'those of two busy ones are passed over'
) from busy;
select is(pg_temp.beside(busy.claims, busy.claims), '1 2 3 4 5 6 7', 'of two who ask, too') from busy;
select is(
  pg_temp.beside(busy.is, $$ do 'begin perform from console.claim_events(''{stripe}'', now(), 7); if (select seq_tup_read + idx_tup_fetch from pg_stat_xact_user_tables where relid = ''console.inbox''::regclass) > 600 then raise ''too many''; end if; end' $$),
  'DO', 'with one look at each'
) from busy;
do $$ begin perform pg_advisory_lock(hashtextextended('stripe:cus_busy', 50)); end $$;
select is(
  pg_temp.beside(busy.claims, $$ select count(*)::text from (select from console.inbox where subject = 'cus_busy' for update skip locked) as them $$),
  '500', 'and what is passed over is not held up'
) from busy;
do $$ begin perform pg_advisory_unlock(hashtextextended('stripe:cus_busy', 50)); end $$;
delete from console.inbox where event_id like 'race_%';
delete from console.seat_requests where user_id = 'u_race';
delete from public.users where id = 'u_race';

delete from public.hopsworks_clusters where name = 'one-seat';
update public.users set account_owner_id = null where id like 'r_';
delete from public.users where id like 'r_';
drop extension dblink;
select * from finish();
