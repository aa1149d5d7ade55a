//! The service that operators are tried on, and of each list the texts and what plain SQL says they leave.

/// People, teams, seats, credits and usage that either generation can hold: of every kind some, with ties.
pub(super) const SERVICE: &str = "
insert into public.hopsworks_clusters (id, name, api_url, api_key, max_users, current_users, status) values
  ('00000000-0000-4000-8000-0000000000d1', 'one', 'https://one.example', 'k', 9, 9, 'active'),
  ('00000000-0000-4000-8000-0000000000d2', 'two', 'https://two.example', 'k', 100, 90, 'maintenance'),
  ('00000000-0000-4000-8000-0000000000d3', 'three', 'https://three.example', 'k', 20, 0, 'inactive'),
  ('00000000-0000-4000-8000-0000000000d4', 'twin', 'https://twin.example', 'k', 20, 0, 'active');
insert into public.users (id, email, name, status, billing_mode, created_at, last_login_at)
select 'auth0|u' || lpad(n::text, 2, '0'), 'person' || n || '@example.com', 'Person ' || n % 7,
       case when n % 7 = 0 then 'suspended' else 'active' end, (array['prepaid', 'postpaid', null])[1 + n % 3],
       timestamptz '2026-11-20 12:00Z' - n * interval '10 days',
       case when n % 5 <> 0 then timestamptz '2026-11-20 12:00Z' - n * interval '3 days' end
from generate_series(1, 36) n;
update public.users set account_owner_id = 'auth0|u0' || (1 + right(id, 2)::int % 6)
where id like 'auth0|u%' and right(id, 2)::int > 18;
insert into public.user_hopsworks_assignments (user_id, hopsworks_cluster_id)
select id, ('00000000-0000-4000-8000-0000000000d' || (1 + right(id, 1)::int % 2))::uuid
from public.users where id like 'auth0|u%' and right(id, 2)::int % 4 <> 0;
insert into public.user_hopsworks_assignments (user_id, hopsworks_cluster_id)
values ('auth0|u04', '00000000-0000-4000-8000-0000000000d4');
insert into public.user_credits
  (user_id, total_purchased, total_used, free_credits_granted, free_credits_used, last_purchase_at)
select id, (n % 5) * 40, case when n % 6 = 0 then 75 when n % 5 = 0 then 0 else n end, 5, n % 6,
       case when n % 4 <> 0 then timestamptz '2026-11-20 12:00Z' - n * interval '9 days' end
from (select id, right(id, 2)::int as n from public.users where id like 'auth0|u%') u where n <= 18;
insert into public.usage_daily (user_id, account_owner_id, date, hopsworks_cluster_id, total_cost, cpu_hours, gpu_hours)
select u.id, u.account_owner_id, d::date, ('00000000-0000-4000-8000-0000000000d' || (1 + n % 2))::uuid,
       n * 0.11, n * 0.5, case when n % 4 = 0 then 1.25 else 0 end
from (select id, account_owner_id, right(id, 2)::int as n from public.users where id like 'auth0|u%') u
cross join generate_series(timestamp '2026-10-02', '2026-11-19', interval '3 days') d
where n % 3 <> 0;
insert into public.team_invites (account_owner_id, email, token, created_at, expires_at)
select 'auth0|u' || lpad(n::text, 2, '0'), 'guest' || n || '@example.com', 'token-token-token-' || n,
       timestamptz '2026-11-01' + n * interval '1 day', timestamptz '2026-11-10' + n * interval '1 day'
from generate_series(4, 17) n;
";

/// What only a fresh service can hold.
pub(super) const FRESH: &str = "
update public.hopsworks_clusters set region = case name when 'one' then 'eu-north-1' when 'two' then 'us-east-1' end;
update public.users set status = 'deleted', deleted_at = '2026-11-01' where right(id, 2) in ('08', '16', '22');
update public.users set status = 'suspended' where id = 'auth0|u05';
update public.users set billing_mode = 'free' where right(id, 2) in ('03', '10');
alter table public.invoices drop constraint invoices_status_check;
insert into public.invoices (user_id, invoice_number, stripe_invoice_id, status, amount, currency, due_date, created_at)
select 'auth0|u' || lpad((1 + n % 9)::text, 2, '0'), case when n % 8 <> 0 then 'HD-' || lpad(n::text, 3, '0') end,
       'in_' || n, (array['draft', 'open', 'open', 'void', 'uncollectible', 'paid', 'paid', 'strange'])[1 + n % 8],
       case when n % 11 = 0 then -12.5 else (n % 6) * 40 end, (array['usd', 'eur'])[1 + n % 2],
       case when n % 5 <> 0 then timestamptz '2026-11-20 12:00Z' + (n % 9 - 6) * interval '8 days' end,
       timestamptz '2026-10-20' + n * interval '13 hours'
from generate_series(1, 60) n;
insert into public.billing_history (user_id, invoice_id, amount, currency, status, paid_at, created_at)
select 'auth0|u' || lpad((1 + n % 9)::text, 2, '0'), case when n % 2 = 0 then 'in_' || n else 'pay_' || n end, n * 9,
       'usd', (array['paid', 'pending', 'failed', 'refunded'])[1 + n % 4],
       case when n % 4 in (0, 3) then timestamptz '2026-11-19' end, timestamptz '2026-10-25' + n * interval '1 day'
from generate_series(1, 24) n;
-- The charge of an invoice that is due in weeks failed.
insert into public.billing_history (user_id, invoice_id, amount, currency, status, created_at)
values ('auth0|u09', 'in_26', 5, 'usd', 'failed', '2026-11-10');
insert into public.subscriptions (user_id, stripe_subscription_id, status, created_at)
select 'auth0|u0' || n, 'sub_' || n, 'active', timestamptz '2026-11-03' from generate_series(1, 3) n;
";

/// A text, and of the rows of the list those that it should leave.
pub(super) type Case = (&'static str, &'static str);

/// `statuses` of a person, where nothing and what nobody knows is active.
const ACTIVE: &str = "(u.status is null or u.status not in ('suspended', 'deleted'))";

pub(super) const USERS: &str = "
select u.id from (
  select u.*, coalesce(o.billing_mode, case when o.id is null then u.billing_mode end) as plan,
    (select sum(d.total_cost) from console.usage_daily d where d.user_id = u.id and d.date >= '2026-11-01') as cost
  from console.users u left join console.users o on o.id = u.account_owner_id
) u where ";
pub(super) const OF_USERS: &[Case] = &[
    ("status:suspended", "u.status = 'suspended'"),
    ("-status:suspended", "u.status is distinct from 'suspended'"),
    ("plan:prepaid,none", "coalesce(u.plan, 'prepaid') = 'prepaid'"),
    ("role:member", "u.account_owner_id is not null"),
    ("cluster:one", "exists (select from console.cluster_assignments a join console.clusters c on c.id = a.cluster_id
        where a.user_id = u.id and c.name = 'one')"),
    ("cluster:tw", "exists (select from console.cluster_assignments a join console.clusters c on c.id = a.cluster_id
        where a.user_id = u.id and c.name in ('two', 'twin'))"),
    ("team:person3@example.com", "'auth0|u03' in (u.id, u.account_owner_id)"),
    ("cost>20", "u.cost > 20"),
    ("cost<9 cost>2", "u.cost < 9 and u.cost > 2"),
    ("cost>=7.7 cost<=19.25", "u.cost between 7.7 and 19.25"),
    ("cost:7.70", "u.cost = 7.7"),
    ("last_login<30d", "u.last_login_at >= '2026-10-21 12:00Z'"),
    ("last_login:never", "u.last_login_at is null"),
    ("registered>=2026-10-01", "u.created_at >= '2026-10-01 00:00Z'"),
    ("registered:2026-09 role:owner", "u.created_at >= '2026-09-01 00:00Z' and u.created_at < '2026-10-01 00:00Z'
        and u.account_owner_id is null"),
    ("trouble:no_seat", "u.status = 'active' and not exists (
        select from console.cluster_assignments a where a.user_id = u.id)"),
    ("credits:low", "exists (select from console.credit_standing s where s.account_id = u.id and s.low)"),
];

pub(super) const TEAMS: &str = "
select u.id from (
  select u.*,
    (select count(*) from console.users m where m.account_owner_id = u.id and m.status is distinct from 'deleted')
      as members,
    (select count(*) from console.users m where m.account_owner_id = u.id and m.status = 'suspended') as locked,
    (select count(*) from console.users m where m.account_owner_id = u.id and coalesce(m.status, 'active') = 'active')
      as working,
    (select count(*) from console.team_invites i
     where i.account_owner_id = u.id and i.accepted_at is null and i.expires_at > '2026-11-20 12:00Z') as pending,
    (select count(*) from console.team_invites i
     where i.account_owner_id = u.id and i.accepted_at is null and i.expires_at <= '2026-11-20 12:00Z') as expired,
    (select sum(d.total_cost) from console.usage_daily d
     where coalesce(d.account_owner_id, d.user_id) = u.id and d.date >= '2026-11-01') as cost
  from console.users u
) u where u.members + u.pending + u.expired > 0 and ";
pub(super) const OF_TEAMS: &[Case] = &[
    ("status:active", ACTIVE),
    ("-status:active", "u.status in ('suspended', 'deleted')"),
    (
        "plan:postpaid,none",
        "coalesce(u.billing_mode, 'postpaid') = 'postpaid'",
    ),
    ("members>2", "u.members > 2"),
    ("members:0", "u.members = 0"),
    ("members>=1 members<=3", "u.members between 1 and 3"),
    ("invite:pending", "u.pending > 0"),
    ("invite:expired", "u.expired > 0"),
    ("trouble:suspended_members", "u.locked > 0"),
    (
        "with:owner_out",
        "u.working > 0 and u.status in ('suspended', 'deleted')",
    ),
    ("cost>30", "u.cost > 30"),
    ("cost<10", "u.cost < 10"),
    ("cost>=59.29", "u.cost >= 59.29"),
    ("cost=59.29", "u.cost = 59.29"),
    ("registered<60d", "u.created_at >= '2026-09-21 12:00Z'"),
    (
        "members>1 plan:prepaid cost>1 person",
        "u.members > 1 and u.billing_mode = 'prepaid' and u.cost > 1
        and (u.email ilike '%person%' or u.name ilike '%person%')",
    ),
];

/// The pace is that of the rollup, which has tests of its own.
pub(super) const CREDITS: &str = "
select u.id from (
  select c.user_id as id, p.status, p.billing_mode, c.last_purchase_at, c.total_purchased - c.total_used as paid,
    c.free_credits_granted - c.free_credits_used as free,
    c.total_purchased - c.total_used + c.free_credits_granted - c.free_credits_used as balance, s.low, s.runs_out_on
  from console.user_credits c
  left join console.users p on p.id = c.user_id
  join console.credit_standing s on s.account_id = c.user_id
) u where ";
pub(super) const OF_CREDITS: &[Case] = &[
    ("credits:low", "u.low"),
    ("credits:out", "u.balance <= 0"),
    ("credits:negative", "u.balance < 0"),
    ("balance<10", "u.balance < 10"),
    (
        "balance>-60 balance<20",
        "u.balance > -60 and u.balance < 20",
    ),
    ("balance<=0", "u.balance <= 0"),
    ("balance:43", "u.balance = 43"),
    ("paid>0", "u.paid > 0"),
    ("paid>=0 paid<=39", "u.paid between 0 and 39"),
    ("paid<50", "u.paid < 50"),
    ("free>2", "u.free > 2"),
    ("free<1", "u.free < 1"),
    ("free:5", "u.free = 5"),
    (
        "runs_out<30d",
        "u.balance > 0 and u.runs_out_on <= '2026-12-20'",
    ),
    (
        "runs_out>30d",
        "u.balance > 0 and u.runs_out_on > '2026-12-20'",
    ),
    (
        "runs_out:2026-12",
        "u.balance > 0 and u.runs_out_on between '2026-12-01' and '2026-12-31'",
    ),
    ("runs_out:never", "u.balance > 0 and u.runs_out_on is null"),
    ("bought<30d", "u.last_purchase_at >= '2026-10-21 12:00Z'"),
    ("bought>90d", "u.last_purchase_at < '2026-08-22 12:00Z'"),
    ("bought:never", "u.last_purchase_at is null"),
    ("plan:postpaid", "u.billing_mode = 'postpaid'"),
    ("-plan:prepaid", "u.billing_mode is distinct from 'prepaid'"),
    ("status:active", ACTIVE),
    (
        "-status:active paid>0",
        "u.status in ('suspended', 'deleted') and u.paid > 0",
    ),
];

pub(super) const INVOICES: &str = "
select u.origin || '/' || u.id from (
  select b.*, case when b.standing = 'open' and b.due_at < '2026-11-20 12:00Z' then 'overdue' else b.standing end as word
  from console.billed b
) u where ";
pub(super) const OF_INVOICES: &[Case] = &[
    ("status:open", "u.word in ('open', 'overdue', 'failed')"),
    ("status:overdue", "u.word = 'overdue'"),
    ("status:paid,void", "u.word in ('paid', 'void')"),
    ("-status:overdue", "u.word <> 'overdue'"),
    (
        "-status:open",
        "u.word not in ('open', 'overdue', 'failed')",
    ),
    ("status:failed", "u.word = 'failed'"),
    ("status:unknown", "u.word = 'unknown'"),
    (
        "month:2026-10",
        "u.created_at >= '2026-10-01 00:00Z' and u.created_at < '2026-11-01 00:00Z'",
    ),
    (
        "month:this type:charge",
        "u.created_at >= '2026-11-01 00:00Z' and u.created_at < '2026-12-01 00:00Z'
        and u.origin = 'billing_history'",
    ),
    ("amount>100", "u.amount > 100"),
    ("amount<0", "u.amount < 0"),
    ("amount:40", "u.amount = 40"),
    ("amount>=40 amount<=160", "u.amount between 40 and 160"),
    (
        "due<7d",
        "u.due_at >= '2026-11-20 12:00Z' and u.due_at < '2026-11-27 12:00Z'",
    ),
    ("due<2026-11-01", "u.due_at < '2026-11-01 00:00Z'"),
    (
        "overdue>10d",
        "u.word in ('overdue', 'failed') and u.due_at < '2026-11-10 12:00Z'",
    ),
    (
        "overdue<2w",
        "u.word in ('overdue', 'failed') and u.due_at >= '2026-11-06 12:00Z' and u.due_at < '2026-11-20 12:00Z'",
    ),
    ("made<7d", "u.created_at >= '2026-11-13 12:00Z'"),
    (
        "made>=2026-11-01 made<2026-11-08",
        "u.created_at >= '2026-11-01 00:00Z' and u.created_at < '2026-11-08 00:00Z'",
    ),
    ("account:person2@example.com", "u.user_id = 'auth0|u02'"),
    ("number:hd-01", "u.number ilike '%hd-01%'"),
    ("-type:subscription", "u.origin <> 'subscriptions'"),
    ("type:subscription", "u.origin = 'subscriptions'"),
    (
        "status:open amount>50 account:auth0|u03",
        "u.word in ('open', 'overdue', 'failed') and u.amount > 50
        and u.user_id = 'auth0|u03'",
    ),
];

pub(super) const CLUSTERS: &str = "
select u.id from (
  select c.*, (select count(*) from console.cluster_assignments a where a.cluster_id = c.id) as assigned,
    (select sum(d.total_cost) from console.usage_daily d
     where d.hopsworks_cluster_id = c.id and d.date >= '2026-11-01') as cost
  from console.clusters c
) u where ";
pub(super) const OF_CLUSTERS: &[Case] = &[
    (
        "status:maintenance,inactive",
        "u.status in ('maintenance', 'inactive')",
    ),
    ("-status:active", "u.status is distinct from 'active'"),
    ("region:NORTH", "u.region ilike '%north%'"),
    ("seats:full", "u.assigned >= u.max_users"),
    ("seats:free", "u.assigned < u.max_users"),
    (
        "fill>=90",
        "u.assigned * 100 / nullif(u.max_users, 0) >= 90",
    ),
    ("fill<50", "u.assigned * 100 / nullif(u.max_users, 0) < 50"),
    ("assigned>5", "u.assigned > 5"),
    ("assigned:0", "u.assigned = 0"),
    ("drift:yes", "u.current_users <> u.assigned"),
    ("drift:no", "u.current_users = u.assigned"),
    ("cost>1", "u.cost > 1"),
    ("cost<300", "u.cost < 300"),
    ("cost>=1 cost<=300", "u.cost between 1 and 300"),
];

/// Of the month so far, and, with the days put in, of any other period.
pub(super) const ACCOUNTS: &str = "
select u.id from (
  select k.id, p.id as known, p.status, p.billing_mode, k.cost, k.cpu, k.gpu
  from (
    select coalesce(d.account_owner_id, d.user_id) as id, sum(d.total_cost) as cost, sum(d.cpu_hours) as cpu,
      sum(d.gpu_hours) as gpu
    from console.usage_daily d where d.date between 'FIRST' and 'LAST'
    group by 1
  ) k left join console.users p on p.id = k.id
) u where ";
pub(super) const OF_ACCOUNTS: &[Case] = &[
    ("cost>20", "u.cost > 20"),
    ("cost<20", "u.cost < 20"),
    ("cpu>60", "u.cpu > 60"),
    ("cost>=8.8 cost<=11", "u.cost between 8.8 and 11"),
    ("cpu<40", "u.cpu < 40"),
    ("cpu:40", "u.cpu = 40"),
    ("gpu>0", "u.gpu > 0"),
    ("gpu<1", "u.gpu < 1"),
    ("gpu<=0", "u.gpu <= 0"),
    ("plan:prepaid", "u.billing_mode = 'prepaid'"),
    (
        "plan:none,free",
        "u.known is not null and coalesce(u.billing_mode, 'free') = 'free'",
    ),
    (
        "status:suspended,deleted",
        "u.known is null or u.status in ('suspended', 'deleted')",
    ),
    ("status:active", ACTIVE),
    (
        "cost>5 plan:postpaid person",
        "u.cost > 5 and u.billing_mode = 'postpaid'",
    ),
];
