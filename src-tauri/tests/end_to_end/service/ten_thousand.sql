-- Ten thousand people with everything that screens list: clusters, teams, invites, usage, credits, invoices,
-- payments, subscriptions, projects. Names first in the alphabet are very long, run from right to left, or
-- have pictures in them.
insert into public.hopsworks_clusters (id, name, api_url, api_key, max_users, current_users, status)
select ('00000000-0000-0000-0000-' || lpad(n::text, 12, '0'))::uuid,
       case n when 1 then 'a-cluster-whose-name-' || repeat('is-long-', 20) when 2 then 'أول مجموعة في المنطقة' else 'cluster-' || n end,
       'https://cluster' || n || '.example', 'k', 4000, 3300, 'active'
from generate_series(1, 3) n;

insert into public.users (id, email, name, status, billing_mode, created_at, last_login_at)
select 'auth0|' || lpad(n::text, 5, '0'),
       case n when 1 then repeat('very.', 12) || 'long@' || repeat('example.', 12) || 'com' else 'person' || n || '@example.com' end,
       case n
         when 1 then 'AAA ' || repeat('Wolfeschlegelsteinhausenbergerdorff ', 7)
         when 2 then 'AAB عبد الرحمن بن محمد بن أحمد بن عبد العزيز آل سعود الكبير'
         when 3 then 'דוד בן־גוריון (AAC)'
         when 4 then null
         when 5 then 'AAD 👩‍🚀🚀 مريم Zoë 👨‍👩‍👧‍👦 Ångström'
         else 'Person ' || n
       end,
       case when n % 50 = 0 then 'suspended' else 'active' end,
       (array['prepaid', 'postpaid', null])[1 + n % 3],
       timestamptz '2026-01-01' + n * interval '5 minutes',
       case when n % 4 <> 0 then timestamptz '2026-11-01' + n * interval '1 minute' end
from generate_series(1, 10000) n;

update public.users set account_owner_id = 'auth0|00001' where id between 'auth0|00002' and 'auth0|00060';
update public.users set account_owner_id = 'auth0|00061' where id between 'auth0|00062' and 'auth0|00070';

insert into public.team_invites (account_owner_id, email, token, expires_at, created_at)
select 'auth0|00001', 'invited' || n || '@' || repeat('long-', 20) || '.example', 'token-of-an-invite-' || n,
       now() + (n - 3) * interval '1 day', now() - interval '30 days'
from generate_series(1, 6) n;

insert into public.user_hopsworks_assignments (user_id, hopsworks_cluster_id, assigned_by)
select id, ('00000000-0000-0000-0000-' || lpad((1 + right(id, 5)::int % 3)::text, 12, '0'))::uuid, 'system'
from public.users;

insert into public.usage_daily (user_id, account_owner_id, date, hopsworks_cluster_id, cpu_hours, gpu_hours, storage_gb, total_cost)
select u.id, coalesce(u.account_owner_id, u.id), (now() at time zone 'utc')::date - d,
       ('00000000-0000-0000-0000-' || lpad((1 + right(u.id, 5)::int % 3)::text, 12, '0'))::uuid,
       1 + right(u.id, 2)::int, d % 3, 12.5, 0.37 * (1 + right(u.id, 3)::int)
from public.users u, generate_series(0, 40, 20) d;

insert into public.user_credits (user_id, total_purchased, total_used)
select id, 100 + right(id, 3)::int, right(id, 2)::int from public.users where billing_mode = 'prepaid';

insert into public.credit_transactions (user_id, type, amount, balance_before, balance_after, created_at)
select id, 'purchase', 100, 0, 100, now() - interval '40 days' from public.users where billing_mode = 'prepaid';

insert into public.invoices (user_id, invoice_number, status, amount, currency, period_start, period_end, due_date, created_at, paid_at)
select id, 'INV-' || right(id, 5), (array['open', 'paid', 'void'])[1 + right(id, 5)::int % 3], 10.25 + right(id, 4)::int, 'usd',
       timestamptz '2026-10-01', timestamptz '2026-11-01', timestamptz '2026-11-15', timestamptz '2026-11-01' + right(id, 5)::int * interval '1 second',
       case when right(id, 5)::int % 3 = 1 then timestamptz '2026-11-10' end
from public.users where account_owner_id is null;

insert into public.billing_history (user_id, invoice_id, amount, status, paid_at, created_at)
select id, 'CH-' || right(id, 5), 10.25, 'paid', now(), now() from public.users where billing_mode = 'postpaid';

insert into public.subscriptions (user_id, stripe_subscription_id, status)
select id, 'sub_' || right(id, 5), 'active' from public.users where billing_mode = 'postpaid' and right(id, 5)::int % 5 = 0;

insert into public.user_projects (user_id, hopsworks_cluster_id, project_id, project_name, namespace)
select u.id, ('00000000-0000-0000-0000-' || lpad((1 + right(u.id, 5)::int % 3)::text, 12, '0'))::uuid, right(u.id, 5)::int,
       case right(u.id, 5)::int when 1 then repeat('a_long_project_', 12) else 'project_' || right(u.id, 5) end,
       case right(u.id, 5)::int when 1 then repeat('a-long-project-', 12) else 'project-' || right(u.id, 5) end
from public.users u;
