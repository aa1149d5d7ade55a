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
delete from console.seat_requests where user_id = 'u_race';
delete from public.users where id = 'u_race';

delete from public.hopsworks_clusters where name = 'one-seat';
update public.users set account_owner_id = null where id like 'r_';
delete from public.users where id like 'r_';
drop extension dblink;
select * from finish();
