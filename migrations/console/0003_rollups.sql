-- Sums that screens read instead of adding up everybody's usage each time they are asked: a service may
-- have 10^8 rows of usage, and no screen's cost may grow with the table behind it.
--
-- The service's tables are not ours to write, so no trigger keeps these sums. Functions (the next
-- migration) read the last days again and compare them with what was counted, and once a night compare
-- everything. A sum is always computed anew from the rows themselves, never moved by a difference: what
-- went wrong once cannot stay wrong.
--
-- Quantities are `numeric` without a scale and exact; null means that nothing of the kind was recorded,
-- which is not zero. The account of a row of usage is coalesce(account_owner_id, user_id): who paid on
-- that day. Days and months are UTC's.

-- What the rows of the last days said when they were counted. What differs from it has changed since.

create table console.usage_recent (
  day date not null,
  user_id text not null,
  account_id text not null,
  cluster_id text not null,
  total_cost numeric,
  cpu_hours numeric,
  gpu_hours numeric,
  ram_gb_hours numeric,
  storage_gb numeric,
  network_egress_gb numeric,
  feature_store_api_calls numeric,
  model_inference_calls numeric,
  credits_deducted numeric,

  constraint usage_recent_pkey primary key (day, user_id, account_id, cluster_id)
);

comment on table console.usage_recent is
  'Usage of the last days as it was counted into the rollups; compared with the live rows to find what changed.';
comment on column console.usage_recent.cluster_id is 'Empty where the row names no cluster.';

-- What a customer used in a month: the column "cost" of lists, and the order by it.

create table console.usage_by_user_month (
  user_id text not null,
  month date not null,
  account_id text not null,
  total_cost numeric,
  cpu_hours numeric,
  gpu_hours numeric,
  ram_gb_hours numeric,
  storage_gb numeric,
  network_egress_gb numeric,
  feature_store_api_calls numeric,
  model_inference_calls numeric,
  credits_deducted numeric,
  days integer not null,
  days_seen integer not null,
  last_day date not null,
  last_cost_day date,
  user_cost numeric,
  leads boolean not null,

  constraint usage_by_user_month_pkey primary key (user_id, month, account_id),
  constraint usage_by_user_month_month_check check (extract(day from month) = 1)
);

-- Members of an account in a month, and the account's own sum.
create index usage_by_user_month_account_idx on console.usage_by_user_month (account_id, month);
-- The order of everybody by the month's cost: whoever paid through two accounts is in it once.
create index usage_by_user_month_cost_idx on console.usage_by_user_month (month, user_cost, user_id)
where leads;

comment on table console.usage_by_user_month is
  'Usage per user, month and paying account. A user who changed teams within a month has a row for each payer.';
comment on column console.usage_by_user_month.month is 'First day of a UTC month.';
comment on column console.usage_by_user_month.account_id is 'Who paid: the owner of the team on those days, or the user.';
comment on column console.usage_by_user_month.total_cost is 'USD, every digit.';
comment on column console.usage_by_user_month.storage_gb is 'Sum of the days'' GB: GB-days. The mean is this divided by days.';
comment on column console.usage_by_user_month.days is 'Days with a row of usage.';
comment on column console.usage_by_user_month.days_seen is
  'The same days as bits, the first of the month lowest, so that days of a whole account can be counted once each.';
comment on column console.usage_by_user_month.last_day is 'The last of these days.';
comment on column console.usage_by_user_month.last_cost_day is 'The last of these days that cost anything; null: none did.';
comment on column console.usage_by_user_month.user_cost is 'Cost of the user''s month over all payers, the same in each of its rows, USD.';
comment on column console.usage_by_user_month.leads is 'True for one row of each user and month: the one that stands for the user in lists.';

-- What is billed: the whole team's usage, by the account that pays for it.

create table console.usage_by_account_month (
  account_id text not null,
  month date not null,
  total_cost numeric,
  cpu_hours numeric,
  gpu_hours numeric,
  ram_gb_hours numeric,
  storage_gb numeric,
  network_egress_gb numeric,
  feature_store_api_calls numeric,
  model_inference_calls numeric,
  credits_deducted numeric,
  days integer not null,
  people integer not null,
  last_day date not null,

  constraint usage_by_account_month_pkey primary key (account_id, month),
  constraint usage_by_account_month_month_check check (extract(day from month) = 1)
);

-- The accounts of a month, the dearest first, and by what else the Usage screen orders them.
create index usage_by_account_month_cost_idx on console.usage_by_account_month (
  month, total_cost desc nulls last, account_id
);
create index usage_by_account_month_cpu_idx on console.usage_by_account_month (
  month, cpu_hours desc nulls last, account_id
);
create index usage_by_account_month_gpu_idx on console.usage_by_account_month (
  month, gpu_hours desc nulls last, account_id
);
create index usage_by_account_month_storage_idx on console.usage_by_account_month (
  month, storage_gb desc nulls last, account_id
);
create index usage_by_account_month_features_idx on console.usage_by_account_month (
  month, feature_store_api_calls desc nulls last, account_id
);
create index usage_by_account_month_inference_idx on console.usage_by_account_month (
  month, model_inference_calls desc nulls last, account_id
);

comment on table console.usage_by_account_month is 'Usage per paying account and month, the whole team together.';
comment on column console.usage_by_account_month.month is 'First day of a UTC month.';
comment on column console.usage_by_account_month.total_cost is 'USD, every digit.';
comment on column console.usage_by_account_month.storage_gb is 'Sum of everybody''s GB on each day: GB-days.';
comment on column console.usage_by_account_month.days is 'Days on which anybody of the team has a row of usage.';
comment on column console.usage_by_account_month.people is 'How many users have a row of usage.';

-- What a cluster carried on a day. The service's day is the sum over its clusters.

create table console.usage_by_cluster_day (
  day date not null,
  cluster_id text not null,
  total_cost numeric,
  cpu_hours numeric,
  gpu_hours numeric,
  ram_gb_hours numeric,
  storage_gb numeric,
  network_egress_gb numeric,
  feature_store_api_calls numeric,
  model_inference_calls numeric,
  credits_deducted numeric,
  people integer not null,

  constraint usage_by_cluster_day_pkey primary key (day, cluster_id)
);

-- One cluster's days.
create index usage_by_cluster_day_cluster_idx on console.usage_by_cluster_day (cluster_id, day);

comment on table console.usage_by_cluster_day is 'Usage per cluster and UTC day.';
comment on column console.usage_by_cluster_day.cluster_id is 'Empty for rows of usage that name no cluster.';
comment on column console.usage_by_cluster_day.total_cost is 'USD, every digit.';
comment on column console.usage_by_cluster_day.storage_gb is 'GB kept that day.';
comment on column console.usage_by_cluster_day.people is 'How many users have a row of usage there.';

-- How long credits last: support calls whoever runs out before they cannot work.

create table console.credit_standing (
  account_id text not null primary key,
  status text,
  billing_mode text,
  purchased numeric not null,
  used numeric not null,
  granted numeric not null,
  granted_used numeric not null,
  paid_left numeric not null,
  free_left numeric not null,
  balance numeric not null,
  spent_14_days numeric not null,
  per_day numeric not null,
  pace_day date not null,
  runs_out_on date,
  low boolean not null,
  last_purchase_at timestamptz
);

create index credit_standing_runs_out_idx on console.credit_standing (runs_out_on, account_id);
create index credit_standing_balance_idx on console.credit_standing (balance, account_id);
create index credit_standing_low_idx on console.credit_standing (account_id) where low;

comment on table console.credit_standing is
  'Credits of each account that has any on record, with the pace at which its whole team spends them, USD.';
comment on column console.credit_standing.status is 'Of the account''s user; null: there is no such user, or no status.';
comment on column console.credit_standing.purchased is 'Bought so far.';
comment on column console.credit_standing.used is 'Spent of what was bought.';
comment on column console.credit_standing.granted is 'Given for free.';
comment on column console.credit_standing.granted_used is 'Spent of what was given.';
comment on column console.credit_standing.balance is 'Paid and free together.';
comment on column console.credit_standing.spent_14_days is
  'Cost of the whole account over the fourteen whole days before pace_day; two weeks, so that weekends weigh as they do.';
comment on column console.credit_standing.per_day is 'spent_14_days as a mean per day.';
comment on column console.credit_standing.pace_day is 'The day before which the pace was measured: today, when it was counted.';
comment on column console.credit_standing.runs_out_on is
  'Day on which the balance is gone at that pace; pace_day where it is gone already. Null: not within two years, or nothing is spent.';
comment on column console.credit_standing.low is 'An active prepaid account that is out of credits, or will be within a week.';

-- Teams at a glance.

create table console.team_standing (
  account_id text not null primary key,
  members integer not null,
  members_active integer not null,
  members_suspended integer not null,
  invites_pending integer not null,
  invites_expired integer not null,
  created_at timestamptz
);

-- The order of teams by registration: their owners are few among all users.
create index team_standing_created_idx on console.team_standing (created_at, account_id);

comment on table console.team_standing is
  'Each account that has a member (who is not deleted), or an invite that was not accepted. The owner is not a member.';
comment on column console.team_standing.members is 'Everybody but the owner and who is deleted.';
comment on column console.team_standing.invites_pending is 'Not accepted, and not expired.';
comment on column console.team_standing.invites_expired is 'Not accepted, and expired, however long ago.';
comment on column console.team_standing.created_at is 'When the owner registered; null: nobody knows.';

-- Seats as they are really given: the clusters' own counters drift.

create table console.cluster_seats (
  cluster_id text not null primary key,
  assigned integer not null,
  assigned_lately integer not null,
  last_assigned_at timestamptz
);

comment on table console.cluster_seats is 'Seats per cluster, counted from the assignments; a cluster without one has no row.';
comment on column console.cluster_seats.assigned_lately is 'Of these, given in the last 30 days.';

create table console.without_seat (
  user_id text not null primary key
);

comment on table console.without_seat is 'Active users that are on no cluster: they cannot work.';

-- The Overview's figures.

create table console.service_figures (
  only_one boolean not null primary key default true,
  accounts integer not null,
  accounts_new integer not null,
  users integer not null,
  users_active integer not null,
  no_seat integer not null,
  invites_expired integer not null,
  credits_balance numeric not null,
  credits_low integer not null,
  invoices_open integer not null,
  invoices_open_amount numeric not null,
  invoices_overdue integer not null,
  invoices_overdue_amount numeric not null,
  oldest_due timestamptz,
  as_of timestamptz not null,

  constraint service_figures_only_one_check check (only_one)
);

comment on table console.service_figures is 'Figures of the whole service; no row: not counted yet.';
comment on column console.service_figures.accounts is 'Account owners that are not deleted.';
comment on column console.service_figures.accounts_new is 'Of these, registered this month.';
comment on column console.service_figures.users is 'Everybody who is not deleted.';
comment on column console.service_figures.users_active is 'Of these, with a login or a cost in the last 30 days.';
comment on column console.service_figures.no_seat is 'Active users on no cluster.';
comment on column console.service_figures.invites_expired is 'Invites that expired unanswered, however long ago.';
comment on column console.service_figures.credits_balance is 'Balances of active prepaid accounts, USD.';
comment on column console.service_figures.credits_low is 'Active prepaid accounts that are out of credits, or will be within a week.';
comment on column console.service_figures.invoices_open is 'Invoices that wait for money, in whatever currency.';
comment on column console.service_figures.invoices_open_amount is 'Those in USD; other currencies are counted, not added.';
comment on column console.service_figures.invoices_overdue is 'Of these, past their due date or failed.';
comment on column console.service_figures.invoices_overdue_amount is 'Those in USD.';
comment on column console.service_figures.oldest_due is 'The earliest due date among them.';
comment on column console.service_figures.as_of is 'When they were counted.';

-- How the rollups are: every screen that reads them says their age.

create table console.rollup_state (
  rollup text not null primary key,
  due_at timestamptz,
  refreshed_at timestamptz,
  refresh_ms bigint,
  changed bigint,
  checked_at timestamptz,
  check_ms bigint,
  checked_rows bigint,
  differences bigint,
  note text
);

comment on table console.rollup_state is 'When each rollup was refreshed and checked, and what was found.';
comment on column console.rollup_state.due_at is
  'When it is to be refreshed again, by the server''s clock: whoever comes earlier leaves it. So the work is done by one, however many ask.';
comment on column console.rollup_state.refreshed_at is 'The time as of which the last days are counted; null: not counted yet.';
comment on column console.rollup_state.refresh_ms is 'How long the last refresh took.';
comment on column console.rollup_state.changed is 'How many keys the last refresh changed.';
comment on column console.rollup_state.checked_at is 'When everything was compared last; null: never.';
comment on column console.rollup_state.checked_rows is 'How many keys that check compared.';
comment on column console.rollup_state.differences is
  'How many keys it found wrong and mended: rows that were written back-dated, or changed after days.';
comment on column console.rollup_state.note is 'What is to be known about it, for people.';

do $$
declare
  ours text;
  api_role text;
begin
  foreach ours in array array[
    'usage_recent', 'usage_by_user_month', 'usage_by_account_month', 'usage_by_cluster_day',
    'credit_standing', 'team_standing', 'cluster_seats', 'without_seat', 'service_figures', 'rollup_state'
  ] loop
    execute format('alter table console.%I enable row level security', ours);
    execute format('revoke all on console.%I from public', ours);
    for api_role in
      select rolname from pg_catalog.pg_roles where rolname in ('anon', 'authenticated', 'service_role')
    loop
      execute format('revoke all on console.%I from %I', ours, api_role);
    end loop;
  end loop;
end
$$;
