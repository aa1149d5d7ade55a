-- Customers. One row for everybody who ever registered, whether they pay (account owners) or work in
-- somebody else's team (members). Rows come from two sides that race, the Auth0 webhook and the sync
-- at login; both upsert on `id`.
--
-- Teams have two levels, never more: usage rolls up from member to owner exactly once, so an owner
-- who is also somebody's member would be billed twice or not at all. The two generated columns let a
-- foreign key say so: (account_owner_id, true) must match (id, is_account_owner). A key holds under
-- any concurrency and isolation level; a trigger that looks first does not.

create table public.users (
  id text not null primary key,
  email text not null,
  name text,
  status text not null default 'active',
  account_owner_id text,
  is_account_owner boolean not null generated always as (account_owner_id is null) stored,
  owned_by_account_owner boolean generated always as (
    case when account_owner_id is not null then true end
  ) stored,
  is_admin boolean not null default false,

  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  last_login_at timestamptz,
  login_count integer not null default 0,
  registration_source text,
  registration_ip inet,
  terms_accepted_at timestamptz,
  marketing_consent boolean not null default false,
  promo_code text,

  billing_mode text,
  spending_cap numeric,
  auto_refill_enabled boolean not null default false,
  auto_refill_amount numeric,
  auto_refill_threshold numeric,
  stripe_customer_id text,
  stripe_test_customer_id text,
  stripe_subscription_id text,
  stripe_subscription_status text,
  downgrade_deadline timestamptz,

  hopsworks_username text,
  hopsworks_user_id integer,
  feature_flags jsonb not null default '{}',
  metadata jsonb not null default '{}',
  deleted_at timestamptz,
  deletion_reason text,

  constraint users_email_key unique (email),
  constraint users_stripe_customer_id_key unique (stripe_customer_id),
  constraint users_stripe_test_customer_id_key unique (stripe_test_customer_id),
  constraint users_stripe_subscription_id_key unique (stripe_subscription_id),
  constraint users_id_is_account_owner_key unique (id, is_account_owner),
  constraint users_account_owner_is_owner_fkey
    foreign key (account_owner_id, owned_by_account_owner)
    references public.users (id, is_account_owner) on delete restrict,

  constraint users_id_check check (id <> ''),
  constraint users_email_check check (email like '_%@_%'),
  constraint users_account_owner_check check (account_owner_id <> id),
  constraint users_status_check check (status in ('active', 'suspended', 'deleted')),
  constraint users_deleted_check check (status <> 'deleted' or deleted_at is not null),
  constraint users_login_count_check check (login_count >= 0),
  constraint users_billing_mode_check check (billing_mode in ('free', 'prepaid', 'postpaid')),
  constraint users_spending_cap_check check (spending_cap >= 0 and spending_cap < 'Infinity'),
  constraint users_auto_refill_amount_check
    check (auto_refill_amount > 0 and auto_refill_amount < 'Infinity'),
  constraint users_auto_refill_threshold_check
    check (auto_refill_threshold >= 0 and auto_refill_threshold < 'Infinity'),
  constraint users_auto_refill_check check (
    not auto_refill_enabled or (auto_refill_amount is not null and auto_refill_threshold is not null)
  ),
  constraint users_stripe_subscription_status_check check (
    stripe_subscription_status in (
      'incomplete', 'incomplete_expired', 'trialing', 'active', 'past_due', 'canceled', 'unpaid', 'paused'
    )
  ),
  constraint users_feature_flags_check check (jsonb_typeof(feature_flags) = 'object'),
  constraint users_metadata_check check (jsonb_typeof(metadata) = 'object')
);

comment on table public.users is
  'Customers of the service: account owners, who are billed, and the members of their teams.';
comment on column public.users.id is 'Auth0 user id (the token''s sub): auth0|…, google-oauth2|….';
comment on column public.users.email is
  'As Auth0 gave it; unique whatever its case. A second identity with the same address is a conflict for a person to resolve.';
comment on column public.users.status is
  'active, suspended (no access, data kept) or deleted (a marker: money records forbid removing the row).';
comment on column public.users.account_owner_id is
  'The owner of the team this user is a member of, who pays for the use. Null: this user is an account owner.';
comment on column public.users.is_account_owner is 'Derived: true without an account_owner_id. Target of the two-level key.';
comment on column public.users.owned_by_account_owner is
  'Derived: true for members, null for owners. The other half of the two-level key; carries no information of its own.';
comment on column public.users.is_admin is 'The service''s own staff flag. The console has its own staff list and does not trust this one.';
comment on column public.users.registration_ip is 'Address the registration came from; not shown to customers.';
comment on column public.users.billing_mode is
  'free, prepaid (spends credits) or postpaid (invoiced through Stripe). Null: has not chosen a plan yet, or is a member.';
comment on column public.users.spending_cap is 'USD a calendar month (UTC) the customer allows; null: no cap.';
comment on column public.users.auto_refill_amount is 'USD bought when the balance falls below auto_refill_threshold.';
comment on column public.users.auto_refill_threshold is 'USD; a balance below this starts an automatic refill.';
comment on column public.users.stripe_customer_id is 'Customer in Stripe''s live mode.';
comment on column public.users.stripe_test_customer_id is 'Customer in Stripe''s test mode.';
comment on column public.users.stripe_subscription_status is 'Last status Stripe reported for stripe_subscription_id.';
comment on column public.users.downgrade_deadline is 'Until when a customer without a valid payment method keeps the paid plan.';
comment on column public.users.hopsworks_username is 'Login name in Hopsworks, the one project names are made of.';
comment on column public.users.hopsworks_user_id is 'Numeric id in Hopsworks, unique on one cluster only.';
comment on column public.users.feature_flags is 'Object of feature name to setting.';
comment on column public.users.metadata is 'Free-form notes of the service''s programs; not shown to customers.';
comment on column public.users.terms_accepted_at is 'When the terms of service were accepted; null: never.';

-- Foo@x.org and foo@x.org reach the same person.
-- Ordered letter by letter, so that it also finds addresses by how they begin.
create unique index users_email_folded_key on public.users (lower(email) text_pattern_ops);
-- Members of an owner; two columns because the key that guards team levels has two.
create index users_account_owner_idx on public.users (account_owner_id, owned_by_account_owner);
-- The three orders in which the console pages through users. By registration owners and members are told apart
-- without a look at their rows.
create index users_created_at_idx on public.users (created_at, id) include (account_owner_id);
create index users_last_login_at_idx on public.users (last_login_at, id);
create index users_name_idx on public.users (name, id);
-- Fragments of an address or a name, three characters or more.
create index users_email_trgm_idx on public.users using gin (email extensions.gin_trgm_ops);
create index users_name_trgm_idx on public.users using gin (name extensions.gin_trgm_ops);
-- A Hopsworks name pasted into the search box.
create index users_hopsworks_username_idx on public.users (hopsworks_username)
where hopsworks_username is not null;

create trigger users_updated_at before update on public.users
for each row execute function public.update_updated_at_column();

alter table public.users enable row level security;

-- Comparing account_owner_id needs no look into users, so the policy cannot recurse.
create policy users_read_own_and_team on public.users for select to authenticated
using (
  id = ((select auth.jwt()) ->> 'sub')
  or account_owner_id = ((select auth.jwt()) ->> 'sub')
);

revoke all on public.users from public, anon, authenticated, service_role;
grant select, insert, update, delete on public.users to service_role;
-- Column by column: an owner has no business with a member's address, source, or our notes.
grant select (
  id, email, name, status, account_owner_id, is_account_owner, is_admin,
  created_at, updated_at, last_login_at, login_count,
  terms_accepted_at, marketing_consent, promo_code,
  billing_mode, spending_cap, auto_refill_enabled, auto_refill_amount, auto_refill_threshold,
  stripe_customer_id, stripe_subscription_id, stripe_subscription_status, downgrade_deadline,
  hopsworks_username, hopsworks_user_id, feature_flags, deleted_at
) on public.users to authenticated;
