-- Money and quantities: nothing is rounded, nothing impossible is stored, sums agree.
begin;
set local search_path = public, extensions, tap;
select * from no_plan();

select tap.two_teams();

-- Every exact column takes a value far below a cent and gives it back.
create function pg_temp.round_trip(relation text, col text, given numeric) returns text
language plpgsql as $$
declare
  kept text;
begin
  execute format('update public.%1$I set %2$I = $1', relation, col) using given;
  execute format('select min(%2$I)::text from public.%1$I', relation, col) into kept;
  return kept;
end
$$;

create temporary view exact_columns as
select t.name as relation, a.attname::text as col
from pg_attribute as a join tap.service_tables as t on t.oid = a.attrelid
where a.attnum > 0 and not a.attisdropped and a.atttypid = 'numeric'::regtype;

-- These two are tied to a third by arithmetic and are tried below.
select is(
  pg_temp.round_trip(e.relation, e.col, 0.000000000123),
  '0.000000000123',
  format('%s.%s keeps 0.000000000123', e.relation, e.col)
)
from exact_columns as e
where e.relation <> 'credit_transactions' and e.col <> 'free_credits_used';

select throws_ok(
  format('update public.%I set %I = ''%s''', e.relation, e.col, impossible),
  '23514', null,
  format('%s.%s refuses %s', e.relation, e.col, impossible)
)
from exact_columns as e
cross join unnest(array['NaN', 'Infinity', '-Infinity']) as impossible;

select throws_ok(
  format('update public.%I set %I = -0.000001', e.relation, e.col),
  '23514', null,
  format('%s.%s refuses to be negative', e.relation, e.col)
)
from exact_columns as e
where (e.relation, e.col) not in (('invoices', 'amount')) and e.relation <> 'credit_transactions';

-- Use.
select is(
  (select account_owner_id from public.usage_daily where user_id = 'auth0|amy' and date = '2026-01-01'),
  'auth0|ana',
  'a member''s use is paid by the owner when the program does not say'
);
select is(
  (select account_owner_id from public.usage_daily where user_id = 'auth0|ana' and date = '2026-01-01'),
  'auth0|ana',
  'an owner pays for the owner''s own use'
);
insert into public.usage_daily (user_id, account_owner_id, date) values ('auth0|amy', 'auth0|bob', '2025-12-01');
select is(
  (select account_owner_id from public.usage_daily where user_id = 'auth0|amy' and date = '2025-12-01'),
  'auth0|bob',
  'a program that knows who paid is believed'
);
select throws_ok(
  $$ insert into public.usage_daily (user_id, date) values ('auth0|nobody', '2026-01-01') $$,
  '23502', null, 'use of nobody is refused'
);
select throws_ok(
  $$ insert into public.usage_daily (user_id, date) values ('auth0|amy', '2026-01-01') $$,
  '23505', null, 'a user has one row a day'
);
select throws_ok(statement, '23514', null, statement || ' is refused')
from unnest(array[
  $$ update public.usage_daily set feature_store_api_calls = -1 $$,
  $$ update public.usage_daily set model_inference_calls = -1 $$,
  $$ update public.usage_daily set project_count = -1 $$,
  $$ update public.usage_daily set project_breakdown = '[]' $$,
  $$ update public.user_pricing_overrides set resource_type = 'tea' $$,
  $$ update public.user_pricing_overrides set discount_percentage = 101 $$,
  $$ update public.user_pricing_overrides set valid_until = valid_from $$
]) as statement;
select throws_ok(
  $$ insert into public.user_pricing_overrides (user_id, resource_type, override_price)
     values ('auth0|ana', 'cpu_hours', 1) $$,
  '23505', null, 'a customer has one price for a resource'
);

-- Sums, to the last digit.
delete from public.usage_daily;
insert into public.usage_daily (user_id, date, cpu_hours, gpu_hours, storage_gb, total_cost) values
('auth0|ana', '2026-02-01', 0.1, 0, 0, 0.000000000123),
('auth0|amy', '2026-02-01', 0.2, 1, 3, 0.02),
('auth0|ana', '2026-02-02', 0, 0, 0, 0),
('auth0|amy', '2026-02-02', 1, 0, 0, 0.1),
('auth0|bob', '2026-02-01', 100, 0, 0, 10);

select results_eq(
  $$
    select account_owner_id, date, cpu_hours, gpu_hours, storage_gb, total_cost from public.account_usage
    where account_owner_id = 'auth0|ana' order by date
  $$,
  $$ values
    ('auth0|ana', '2026-02-01'::date, 0.3, 1::numeric, 3::numeric, 0.020000000123),
    ('auth0|ana', '2026-02-02'::date, 1::numeric, 0::numeric, 0::numeric, 0.1)
  $$,
  'account_usage sums the team'
);
select results_eq(
  $$
    select date, active_users, total_cost, owner_email, usage_by_user -> 'auth0|ana' ->> 'total_cost'
    from public.account_usage_summary where account_owner_id = 'auth0|ana' order by date
  $$,
  $$ values
    ('2026-02-01'::date, 2::bigint, 0.020000000123, 'ana@a.example', '0.000000000123'),
    ('2026-02-02'::date, 1::bigint, 0.1, 'ana@a.example', '0')
  $$,
  'account_usage_summary counts people with use and keeps money as text'
);
select is(
  (select sum(total_cost) from public.account_usage),
  (select sum(total_cost) from public.usage_daily),
  'no cost is lost or counted twice between table and view'
);
select is(
  tap.seen('authenticated', 'auth0|amy', 'select sum(total_cost) from public.account_usage'),
  '0.12',
  'a member who asks sees their own part of the account'
);

-- Credits.
select lives_ok(
  $$ insert into public.credit_transactions (user_id, type, amount, balance_before, balance_after)
     values ('auth0|ana', 'usage', -0.000000000123, 5, 4.999999999877) $$,
  'an hour that costs next to nothing is booked'
);
select is(
  (select balance_after::text from public.credit_transactions where type = 'usage'),
  '4.999999999877', 'and the balance keeps it'
);
select throws_ok(
  format(
    'insert into public.credit_transactions (user_id, type, amount, balance_before, balance_after)
     values (''auth0|ana'', %L, %s, %s, %s)', type, amount, before, after
  ),
  '23514', null, why
)
from (values
  ('usage', -1, 5, 4.01, 'a balance that does not add up is refused'),
  ('usage', 1, 5, 6, 'use cannot add credits'),
  ('purchase', -1, 5, 4, 'a purchase cannot take credits'),
  ('grant', -1, 5, 4, 'a grant cannot take credits'),
  ('gift', 1, 5, 6, 'an unknown type is refused')
) as bad (type, amount, before, after, why);
insert into public.credit_transactions (user_id, type, amount, balance_before, balance_after, stripe_payment_intent_id)
values ('auth0|ana', 'purchase', 10, 5, 15, 'pi_1');
select throws_ok(
  $$ insert into public.credit_transactions (user_id, type, amount, balance_before, balance_after, stripe_payment_intent_id)
     values ('auth0|ana', 'purchase', 10, 15, 25, 'pi_1') $$,
  '23505', null, 'one payment is booked once'
);
select lives_ok(
  $$ insert into public.credit_transactions (user_id, type, amount, balance_before, balance_after, stripe_payment_intent_id)
     values ('auth0|ana', 'refund', -10, 15, 5, 'pi_1') $$,
  'and may be refunded'
);
select throws_ok(
  $$ update public.credit_transactions set metadata = '[]' $$, '23514', null, 'metadata is an object'
);
select throws_ok(
  $$ update public.user_credits set free_credits_granted = 1, free_credits_used = 2 $$,
  '23514', null, 'free credits cannot be overdrawn'
);
select lives_ok(
  $$ update public.user_credits set total_used = total_purchased + 1 $$,
  'bought credits can be'
);
select lives_ok(
  $$ update public.user_credits set free_credits_granted = 1, free_credits_used = 0.000000000123 $$,
  'free credits are spent to the last digit'
);

-- Billing.
select throws_ok(statement, '23514', null, statement || ' is refused')
from unnest(array[
  $$ update public.billing_history set status = 'maybe' $$,
  $$ update public.billing_history set status = 'paid', paid_at = null $$,
  $$ update public.billing_history set currency = 'USD' $$,
  $$ update public.invoices set status = 'late' $$,
  $$ update public.invoices set status = 'open', invoice_number = null $$,
  $$ update public.invoices set currency = 'dollar' $$,
  $$ update public.invoices set period_start = now(), period_end = now() - interval '1 day' $$,
  $$ update public.invoices set hosted_invoice_url = 'http://x' $$,
  $$ update public.subscriptions set status = 'fine' $$,
  $$ update public.subscriptions set current_period_start = now(), current_period_end = now() - interval '1 day' $$
]) as statement;
select lives_ok(
  $$ insert into public.invoices (user_id, amount) values ('auth0|ana', -3.5) $$,
  'an invoice may credit more than it bills'
);
select throws_ok(statement, '23505', null, statement || ' is refused')
from unnest(array[
  $$ insert into public.billing_history (user_id, invoice_id, amount) values ('auth0|bob', 'b-auth0|ana', 1) $$,
  $$ insert into public.invoices (user_id, amount, invoice_number) values ('auth0|bob', 1, 'N1'), ('auth0|ana', 1, 'N1') $$,
  $$ insert into public.invoices (user_id, amount, stripe_invoice_id) values ('auth0|bob', 1, 'in_1'), ('auth0|ana', 1, 'in_1') $$,
  $$ insert into public.subscriptions (user_id, stripe_subscription_id, status) values ('auth0|bob', 'sub_Ana', 'active') $$,
  $$ update public.users set stripe_customer_id = 'cus_1' $$,
  $$ update public.users set stripe_test_customer_id = 'cus_1' $$,
  $$ update public.users set stripe_subscription_id = 'sub_1' $$,
  $$ insert into public.stripe_products (product_type, stripe_product_id, stripe_price_id, unit_price, unit_name)
     values ('x', 'x', 'price_1', 1, 'x') $$
]) as statement;

-- Money outlives people and clusters.
select is(k.confdeltype, 'r', format('%s holds on to what it refers to', k.conname))
from pg_constraint as k
where k.contype = 'f' and k.conrelid in (
  'public.usage_daily'::regclass, 'public.user_credits'::regclass, 'public.credit_transactions'::regclass,
  'public.billing_history'::regclass, 'public.invoices'::regclass, 'public.subscriptions'::regclass,
  'public.user_pricing_overrides'::regclass, 'public.user_projects'::regclass
);
select throws_ok(
  format('delete from public.%I', parent), '23503', null, format('%s with money behind it cannot be removed', parent)
)
from unnest(array['users', 'hopsworks_clusters']) as parent;

select * from finish();
rollback;
