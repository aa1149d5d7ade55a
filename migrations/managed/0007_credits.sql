-- Prepaid accounts: what was bought and granted, what is spent, and each step between. Free credits
-- are spent first. The console's ledger is the exact truth; these two tables are what the service's
-- own programs and dashboard read, kept in step with it.
--
-- Only account owners are billed, so these rows are read by the person they belong to and by nobody
-- else: joining a team does not show the new owner an old credit history.

create table public.user_credits (
  user_id text not null primary key references public.users (id) on delete restrict,
  total_purchased numeric not null default 0,
  total_used numeric not null default 0,
  free_credits_granted numeric not null default 0,
  free_credits_used numeric not null default 0,
  cpu_hours_used numeric not null default 0,
  gpu_hours_used numeric not null default 0,
  storage_gb_months numeric not null default 0,
  last_purchase_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),

  constraint user_credits_total_purchased_check check (total_purchased >= 0 and total_purchased < 'Infinity'),
  -- May pass total_purchased: an hour that was used is charged even when it overdraws the account.
  constraint user_credits_total_used_check check (total_used >= 0 and total_used < 'Infinity'),
  constraint user_credits_free_credits_granted_check
    check (free_credits_granted >= 0 and free_credits_granted < 'Infinity'),
  constraint user_credits_free_credits_used_check
    check (free_credits_used >= 0 and free_credits_used <= free_credits_granted),
  constraint user_credits_cpu_hours_used_check check (cpu_hours_used >= 0 and cpu_hours_used < 'Infinity'),
  constraint user_credits_gpu_hours_used_check check (gpu_hours_used >= 0 and gpu_hours_used < 'Infinity'),
  constraint user_credits_storage_gb_months_check
    check (storage_gb_months >= 0 and storage_gb_months < 'Infinity')
);

comment on table public.user_credits is
  'Credits per account. Balance = (total_purchased - total_used) + (free_credits_granted - free_credits_used).';
comment on column public.user_credits.total_purchased is 'USD ever bought.';
comment on column public.user_credits.total_used is 'USD of bought credits spent; may pass total_purchased (overdrawn).';
comment on column public.user_credits.free_credits_granted is 'USD ever given for free.';
comment on column public.user_credits.free_credits_used is 'USD of free credits spent; these go first and cannot be overdrawn.';
comment on column public.user_credits.cpu_hours_used is 'CPU core hours ever used.';
comment on column public.user_credits.gpu_hours_used is 'GPU hours ever used.';
comment on column public.user_credits.storage_gb_months is 'Storage ever used, in GB-months (a day counts 1/30, an hour 1/720).';

create trigger user_credits_updated_at before update on public.user_credits
for each row execute function public.update_updated_at_column();

alter table public.user_credits enable row level security;

create policy user_credits_read_own on public.user_credits for select to authenticated
using (user_id = ((select auth.jwt()) ->> 'sub'));

revoke all on public.user_credits from public, anon, authenticated, service_role;
grant select, insert, update, delete on public.user_credits to service_role;
grant select on public.user_credits to authenticated;

create table public.credit_transactions (
  id uuid not null primary key default gen_random_uuid(),
  user_id text not null references public.users (id) on delete restrict,
  type text not null,
  amount numeric not null,
  balance_before numeric not null,
  balance_after numeric not null,
  description text,
  stripe_payment_intent_id text,
  usage_daily_id uuid references public.usage_daily (id) on delete restrict,
  metadata jsonb not null default '{}',
  created_at timestamptz not null default now(),

  constraint credit_transactions_type_check
    check (type in ('purchase', 'usage', 'refund', 'grant', 'adjustment')),
  constraint credit_transactions_amount_check check (
    amount > '-Infinity' and amount < 'Infinity'
    and case type when 'purchase' then amount > 0 when 'grant' then amount > 0 when 'usage' then amount <= 0 else true end
  ),
  constraint credit_transactions_balance_check check (
    balance_before > '-Infinity' and balance_before < 'Infinity'
    and balance_after = balance_before + amount
  ),
  constraint credit_transactions_metadata_check check (jsonb_typeof(metadata) = 'object')
);

comment on table public.credit_transactions is 'Every change of a credit balance, oldest to newest a running account.';
comment on column public.credit_transactions.amount is
  'USD, signed: what is added to the balance. Purchases and grants positive, usage negative, refunds and adjustments either.';
comment on column public.credit_transactions.balance_before is 'USD before; negative when overdrawn.';
comment on column public.credit_transactions.balance_after is 'USD after: balance_before + amount to the last digit.';
comment on column public.credit_transactions.usage_daily_id is 'The day a usage entry pays for.';

create index credit_transactions_user_idx on public.credit_transactions (user_id, created_at desc, id);
create index credit_transactions_usage_daily_idx on public.credit_transactions (usage_daily_id);
-- Stripe delivers an event more than once; the credits are booked once.
create unique index credit_transactions_purchase_once_key
on public.credit_transactions (stripe_payment_intent_id)
where type = 'purchase' and stripe_payment_intent_id is not null;

alter table public.credit_transactions enable row level security;

create policy credit_transactions_read_own on public.credit_transactions for select to authenticated
using (user_id = ((select auth.jwt()) ->> 'sub'));

revoke all on public.credit_transactions from public, anon, authenticated, service_role;
grant select, insert, update, delete on public.credit_transactions to service_role;
grant select on public.credit_transactions to authenticated;
