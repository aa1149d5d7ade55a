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
select is(pg_temp.signs_in('a|fay', 'Fay@t.example', '2026-01-02') ->> 'joined_team', 'true', 'a proved one does');
select is((select account_owner_id || login_count from public.users where id = 'a|fay'), 'o|ann2', 'and sign-ins are counted');
select is((select accepted_by_user_id from public.team_invites), 'a|fay', 'the invitation is used');
select is(pg_temp.signs_in('a|fay', 'fay@t.example', '2026-01-02') ->> 'login_count', '2', 'one that was counted is not counted again');
select is(pg_temp.signs_in('a|fay', 'fay@t.example', '2025-01-02') ->> 'login_count', '2', 'nor is an older one');
select is(pg_temp.signs_in('g|fay', 'fay@t.example', '2026-01-03') ->> 'result', 'email_taken', 'an address has one user');
select is(pg_temp.signs_in('a|x', 'x@t.example', 'infinity'), '"[HD005]"', 'nobody signs in at the end of time');
select * from finish();
