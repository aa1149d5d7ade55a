-- What was charged: Stripe's invoices and subscriptions as last heard of, and the payments made.
-- Amounts are in major units (12.34 means USD 12.34), exact; Stripe's minor units are converted at
-- the edge, where the currency's number of decimals is known.
--
-- As with credits, each row is for the eyes of the account it belongs to only.

create table public.billing_history (
  id uuid not null primary key default gen_random_uuid(),
  user_id text not null references public.users (id) on delete restrict,
  invoice_id text not null,
  amount numeric not null,
  currency text not null default 'usd',
  status text not null default 'pending',
  description text,
  stripe_payment_intent_id text,
  paid_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),

  constraint billing_history_invoice_id_key unique (invoice_id),
  constraint billing_history_amount_check check (amount >= 0 and amount < 'Infinity'),
  constraint billing_history_currency_check check (currency ~ '^[a-z]{3}$'),
  constraint billing_history_status_check check (status in ('pending', 'paid', 'failed', 'refunded')),
  constraint billing_history_paid_at_check check (status <> 'paid' or paid_at is not null)
);

comment on table public.billing_history is 'Payments asked for and what became of them, as the customer''s billing page lists them.';
comment on column public.billing_history.invoice_id is 'Number of the charge as the customer knows it; Stripe''s invoice id where there is one.';
comment on column public.billing_history.amount is 'Major units of currency.';
comment on column public.billing_history.currency is 'ISO 4217 in lower case, as Stripe writes it.';

create index billing_history_user_idx on public.billing_history (user_id, created_at desc, id);

create trigger billing_history_updated_at before update on public.billing_history
for each row execute function public.update_updated_at_column();

alter table public.billing_history enable row level security;

create policy billing_history_read_own on public.billing_history for select to authenticated
using (user_id = ((select auth.jwt()) ->> 'sub'));

revoke all on public.billing_history from public, anon, authenticated, service_role;
grant select, insert, update, delete on public.billing_history to service_role;
grant select on public.billing_history to authenticated;

create table public.invoices (
  id uuid not null primary key default gen_random_uuid(),
  user_id text not null references public.users (id) on delete restrict,
  invoice_number text,
  stripe_invoice_id text,
  status text not null default 'draft',
  amount numeric not null,
  currency text not null default 'usd',
  period_start timestamptz,
  period_end timestamptz,
  due_date timestamptz,
  paid_at timestamptz,
  hosted_invoice_url text,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),

  constraint invoices_invoice_number_key unique (invoice_number),
  constraint invoices_stripe_invoice_id_key unique (stripe_invoice_id),
  constraint invoices_status_check check (status in ('draft', 'open', 'paid', 'uncollectible', 'void')),
  constraint invoices_invoice_number_check check (status = 'draft' or invoice_number is not null),
  constraint invoices_amount_check check (amount > '-Infinity' and amount < 'Infinity'),
  constraint invoices_currency_check check (currency ~ '^[a-z]{3}$'),
  constraint invoices_period_check check (period_end >= period_start),
  constraint invoices_hosted_invoice_url_check check (hosted_invoice_url ~ '^https://')
);

comment on table public.invoices is 'Invoices of postpaid accounts, a copy of Stripe''s.';
comment on column public.invoices.invoice_number is 'Number printed on the invoice; Stripe gives none to a draft.';
comment on column public.invoices.status is 'Stripe''s word: draft, open, paid, uncollectible or void.';
comment on column public.invoices.amount is 'Total in major units of currency; below zero when the invoice credits more than it bills.';
comment on column public.invoices.currency is 'ISO 4217 in lower case, as Stripe writes it.';
comment on column public.invoices.period_end is 'First instant after the period.';
comment on column public.invoices.due_date is 'Null when Stripe charges a saved payment method on its own.';
comment on column public.invoices.hosted_invoice_url is 'Stripe''s page for the customer; whoever has the address can see it.';

create index invoices_user_idx on public.invoices (user_id, created_at desc, id);
-- Aging of what is not paid yet.
create index invoices_open_idx on public.invoices (due_date, id) where status = 'open';

create trigger invoices_updated_at before update on public.invoices
for each row execute function public.update_updated_at_column();

alter table public.invoices enable row level security;

create policy invoices_read_own on public.invoices for select to authenticated
using (user_id = ((select auth.jwt()) ->> 'sub'));

revoke all on public.invoices from public, anon, authenticated, service_role;
grant select, insert, update, delete on public.invoices to service_role;
grant select on public.invoices to authenticated;

create table public.subscriptions (
  id uuid not null primary key default gen_random_uuid(),
  user_id text not null references public.users (id) on delete restrict,
  stripe_subscription_id text not null,
  stripe_customer_id text,
  stripe_price_id text,
  status text not null,
  current_period_start timestamptz,
  current_period_end timestamptz,
  cancel_at_period_end boolean not null default false,
  canceled_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),

  constraint subscriptions_stripe_subscription_id_key unique (stripe_subscription_id),
  constraint subscriptions_status_check check (
    status in (
      'incomplete', 'incomplete_expired', 'trialing', 'active', 'past_due', 'canceled', 'unpaid', 'paused'
    )
  ),
  constraint subscriptions_period_check check (current_period_end >= current_period_start)
);

comment on table public.subscriptions is 'Stripe subscriptions of accounts, ended ones included.';
comment on column public.subscriptions.status is 'Stripe''s word.';
comment on column public.subscriptions.current_period_end is 'First instant after the period.';
comment on column public.subscriptions.cancel_at_period_end is 'True: ends by itself at current_period_end.';

create index subscriptions_user_idx on public.subscriptions (user_id);

create trigger subscriptions_updated_at before update on public.subscriptions
for each row execute function public.update_updated_at_column();

alter table public.subscriptions enable row level security;

create policy subscriptions_read_own on public.subscriptions for select to authenticated
using (user_id = ((select auth.jwt()) ->> 'sub'));

revoke all on public.subscriptions from public, anon, authenticated, service_role;
grant select, insert, update, delete on public.subscriptions to service_role;
grant select on public.subscriptions to authenticated;
