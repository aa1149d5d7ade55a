-- What customers are told: their own, through their own row level security, or nothing.
begin;
set local search_path = public, extensions, tap;
select * from no_plan();
select tap.hire();
select tap.a_service();
insert into public.usage_daily (user_id, account_owner_id, date, total_cost) values ('o|ann', 'o|ann', '2026-01-05', 1), ('o|dan', 'o|dan', '2026-01-05', 7);

create function pg_temp.asked(sub text) returns text language sql as $$
  select tap.told('tap_receiver', format('select console.customer_usage(%L, ''2026-01-01'', ''2026-02-01'') #>> ''{months,0,total_cost}''', jsonb_build_object('sub', sub, 'role', 'authenticated')))
$$;
select is(tap.told('tap_receiver', 'select console.customers_refused()'), null, 'customers are answered');
select is(pg_temp.asked('o|ann'), '1', 'with their own');
select is(pg_temp.asked('o|dan'), '7', 'each');
select is(pg_temp.asked('o|nobody'), '0', 'and nobody with nothing');
select is(pg_temp.asked(null), '0', 'whoever is nobody neither');
select is(tap.told('tap_receiver', 'select current_setting(''request.jwt.claims'', true)'), '', 'nothing that follows reads as the customer');
select is(tap.told(who, 'select console.customer_usage(''{"sub": "o|ann"}'', ''2026-01-01'', ''2026-02-01'')'), '[42501]', who || ' does not ask for customers')
from unnest(array['tap_support', 'tap_admin', 'tap_stranger']) as who;
select is(tap.told('tap_receiver', 'select count(*) from console.own_usage_daily'), '[42501]', 'the views are the customers'' own');
set local role anon;
select throws_ok('select console.customer_usage(''{}'', ''2026-01-01'', ''2026-02-01'')', '42501', null, 'the API of the service does not reach it');
reset role;

-- What Stripe alone has of them: their own, and nobody else's.
delete from public.invoices;
delete from public.billing_history;
delete from public.subscriptions;
insert into console.stripe_invoices (id, customer_id, user_id, number, status, currency, total, amount_paid, created_at, livemode, as_of, rank, event_id)
select 'in_' || n, c.customer, c.sub, 'N-' || n, case when n = 3 then 'draft' when n = 4 then 'open' else 'paid' end, 'USD', n + 0.5, n + 0.5,
       timestamptz '2026-01-01' + n * interval '1 day', n <> 5, '2026-01-09', 1, 'e' || n
from (values (1, 'cus_ann', 'o|ann'), (2, 'cus_dan', 'o|dan'), (3, 'cus_ann', 'o|ann'), (4, 'cus_ann', 'o|ann'), (5, 'cus_ann', 'o|ann'), (6, 'cus_no', null)) as c (n, customer, sub);
insert into console.stripe_payments (id, invoice_id, amount, amount_refunded, livemode, as_of, rank, event_id) values ('ch_1', 'in_1', 1.5, 1.5, true, '2026-01-09', 1, 'e');
insert into console.stripe_subscriptions (id, customer_id, user_id, status, created_at, livemode, as_of, rank, event_id) values
('sub_1', 'cus_ann', 'o|ann', 'canceled', '2026-01-05', true, '2026-01-09', 1, 'e'), ('sub_2', 'cus_ann', 'o|ann', 'past_due', '2026-01-02', true, '2026-01-09', 1, 'e'),
('sub_3', 'cus_dan', 'o|dan', 'active', '2026-01-02', true, '2026-01-09', 1, 'e');
create function pg_temp.billed(sub text) returns text language sql as $$
  select tap.told('tap_receiver', format($q$
    select concat_ws(', ', b #>> '{subscription,status}', string_agg(concat_ws(' ', h ->> 'number', h ->> 'amount', h ->> 'status'), ', ' order by h ->> 'number'))
    from console.customer_billing(%L, '2026-01-10') as b left join lateral jsonb_array_elements(b -> 'history') as h on true group by b
  $q$, jsonb_build_object('sub', sub, 'role', 'authenticated')))
$$;
select is(pg_temp.billed('o|ann'), 'past_due, N-1 1.5 refunded, N-4 4.5 open', 'what Stripe alone has, no drafts and nothing of the other mode');
select is(pg_temp.billed('o|dan'), 'active, N-2 2.5 paid', 'each their own');
select is(pg_temp.billed('o|nobody'), '', 'and nobody another''s');
select is(pg_temp.billed(null), '', 'nor whoever is nobody');
insert into public.invoices (user_id, amount, currency, invoice_number, status) values ('o|dan', 2.5, 'usd', 'N-2', 'paid'), ('o|dan', 8, 'usd', 'N-1', 'paid');
select is(pg_temp.billed('o|dan'), 'active, N-1 8 paid, N-2 2.5 paid', 'what the service has stands for it');
select is(pg_temp.billed('o|ann'), 'past_due, N-1 1.5 refunded, N-4 4.5 open', 'but for nobody else''s of the same number');
-- In the name of a colleague, say: the service shows it to them alone, and so do we.
savepoint kept;
insert into public.invoices (user_id, amount, currency, invoice_number, status, stripe_invoice_id) values ('o|dan', 4.5, 'usd', 'D-9', 'open', 'in_4');
select is(pg_temp.billed('o|ann'), 'past_due, N-1 1.5 refunded', 'what the service keeps for somebody else is not shown by the mirror');
rollback to kept;
-- What Stripe has as settled is asked of nobody, by its id or by the number.
delete from public.invoices;
insert into public.invoices (user_id, amount, currency, invoice_number, status, stripe_invoice_id) values
('o|ann', 4.5, 'usd', 'A-4', 'open', 'in_4'), ('o|ann', 1.5, 'usd', 'N-1', 'open', null), ('o|dan', 2.5, 'eur', 'N-2', 'open', null), ('o|dan', 4.5, 'usd', 'N-4', 'open', null);
update console.stripe_invoices set status = 'void' where id = 'in_4';
select is(pg_temp.billed('o|ann'), 'past_due, A-4 4.5 void, N-1 1.5 refunded', 'what Stripe has as settled is said so');
select is(pg_temp.billed('o|dan'), 'active, N-2 2.5 open, N-4 4.5 open', 'not of another currency, nor of another''s invoice');
-- By the id that their own record has, whoever the mirror thinks it is: the word, and nothing else of another's.
-- Without a day of its own it was paid when Stripe said so.
update console.stripe_invoices set paid_at = case id when 'in_2' then timestamptz '2026-01-07' end, as_of = '2026-01-07' where id in ('in_1', 'in_2');
insert into public.invoices (user_id, amount, currency, invoice_number, status, stripe_invoice_id) values
('o|ann', 2.5, 'usd', 'A-2', 'open', 'in_2'), ('o|ann', 6.5, 'eur', 'A-3', 'open', 'in_6'), ('o|ann', 5.5, 'usd', 'A-5', 'open', 'in_5'),
('o|ann', 1.5, 'usd', 'A-6', 'open', 'in_none');
select is(
  pg_temp.billed('o|ann'), 'past_due, A-2 2.5 paid, A-3 6.5 open, A-4 4.5 void, A-5 5.5 open, A-6 1.5 open, N-1 1.5 refunded',
  'what the record itself names is what Stripe says it is'
);
select is(
  (select string_agg(h ->> 'number' || ' ' || coalesce(((h ->> 'paid_at')::timestamptz at time zone 'UTC')::date::text, '-'), ', ' order by h ->> 'number')
   from jsonb_array_elements(tap.told('tap_receiver', $q$ select console.customer_billing('{"sub": "o|ann", "role": "authenticated"}', '2026-01-10') -> 'history' $q$)::jsonb) as h),
  'A-2 -, A-3 -, A-4 -, A-5 -, A-6 -, N-1 2026-01-07', 'when it was paid is told of their own alone'
);
rollback to kept;
-- The wall behind the wall: asked without saying whose, the mirror gives the caller's own.
set local role console_as_customer;
select set_config('request.jwt.claims', '{"sub": "o|ann"}', true);
select is((select string_agg(id, ' ' order by id) from console.stripe_invoices), 'in_1 in_3 in_4', 'row level security shows them their own');
select is((select string_agg(id, ' ' order by id) from console.stripe_subscriptions), 'sub_1 sub_2', 'of subscriptions as well');
select set_config('request.jwt.claims', '', true);
select is((select count(*)::int from console.stripe_invoices), 0, 'and nothing without claims');
select throws_ok('select customer_email from console.stripe_invoices', '42501', null, 'no column that is not told');
select is((select string_agg(coalesce(w, '-'), ' ') from console.stripe_word('in_2', 'usd') as w), 'paid', 'of another''s they get the word, if they know its id');
select is((select count(*)::int from console.stripe_invoices where id = 'in_2'), 0, 'and no more');
select throws_ok('select id from console.stripe_payments', '42501', null, 'and no other part of the mirror');
reset role;
select is(tap.told(who, 'select count(*) from console.own_mirror'), '[42501]', who || ' reads it in the lists')
from unnest(array['tap_support', 'tap_receiver', 'tap_stranger']) as who;

alter table public.usage_daily disable row level security;
select is(tap.told('tap_receiver', 'select console.unprotected_tables()'), '{usage_daily}', 'a table without protection is named');
select matches(tap.told('tap_receiver', 'select console.customers_refused()'), '^Row level security is off on usage_daily', 'and nobody is answered');

create function pg_temp.signs_in(id text, email text, at timestamptz, verified boolean default true) returns jsonb language plpgsql as $$
declare
  answer text := tap.told('tap_receiver', format('select console.sync_user(%L, %L, %L, %L, %L)', id, email, verified, initcap(email), at));
begin
  return case when answer like '[_____]' then to_jsonb(answer) else answer::jsonb end;
end
$$;
select is(pg_temp.signs_in('a|fay', 'fay@t.example', '2026-01-01', false) ->> 'result', 'inserted', 'a sign-in makes a user');
select is((select account_owner_id from public.users where id = 'a|fay'), null, 'an address nobody proved takes up no invitation');
update public.users set status = 'suspended' where id = 'o|ann';
select is(pg_temp.signs_in('a|fay', 'Fay@t.example', '2026-01-01') ->> 'joined_team', 'false', 'nor does a proved one, of an owner who is suspended');
alter table public.users alter column status drop not null;
update public.users set status = null where id in ('o|ann', 'a|fay');
select is(pg_temp.signs_in('a|fay', 'Fay@t.example', '2026-01-02') ->> 'joined_team', 'true', 'of one of whom no status is kept it does');
select is((select account_owner_id || login_count from public.users where id = 'a|fay'), 'o|ann2', 'and sign-ins are counted');
select is((select accepted_by_user_id from public.team_invites), 'a|fay', 'the invitation is used');
select is(pg_temp.signs_in('a|fay', 'fay@t.example', '2026-01-02') ->> 'login_count', '2', 'one that was counted is not counted again');
select is(pg_temp.signs_in('a|fay', 'fay@t.example', '2025-01-02') ->> 'login_count', '2', 'nor is an older one');
select is(pg_temp.signs_in('g|fay', 'fay@t.example', '2026-01-03') ->> 'result', 'email_taken', 'an address has one user');
select is(pg_temp.signs_in('a|x', 'x@t.example', 'infinity'), '"[HD005]"', 'nobody signs in at the end of time');
select * from finish();
