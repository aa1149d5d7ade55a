-- Prices that differ from the rate card. Rates themselves are effective-dated rows of the console;
-- an override is what sales promised one customer.

create table public.user_pricing_overrides (
  id uuid not null primary key default gen_random_uuid(),
  user_id text not null references public.users (id) on delete restrict,
  resource_type text not null,
  override_price numeric not null,
  original_price numeric,
  discount_percentage numeric,
  valid_from timestamptz not null default now(),
  valid_until timestamptz,
  created_by text,
  reason text,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),

  constraint user_pricing_overrides_user_id_resource_type_key unique (user_id, resource_type),
  constraint user_pricing_overrides_resource_type_check
    check (resource_type in ('cpu_hours', 'gpu_hours', 'storage_gb', 'api_calls')),
  constraint user_pricing_overrides_override_price_check
    check (override_price >= 0 and override_price < 'Infinity'),
  constraint user_pricing_overrides_original_price_check
    check (original_price >= 0 and original_price < 'Infinity'),
  constraint user_pricing_overrides_discount_percentage_check
    check (discount_percentage between 0 and 100),
  constraint user_pricing_overrides_valid_until_check check (valid_until > valid_from)
);

comment on table public.user_pricing_overrides is 'Prices promised to one account, instead of the rate card''s.';
comment on column public.user_pricing_overrides.override_price is
  'USD per unit: CPU core hour, GPU hour, GB-month (storage_gb) or call (api_calls).';
comment on column public.user_pricing_overrides.original_price is 'USD per unit on the rate card when the promise was made.';
comment on column public.user_pricing_overrides.discount_percentage is 'Percent off original_price, for people; override_price is what counts.';
comment on column public.user_pricing_overrides.valid_until is 'First instant at which the rate card applies again; null: until further notice.';
comment on column public.user_pricing_overrides.created_by is 'Staff member who made the promise; not shown to customers.';
comment on column public.user_pricing_overrides.reason is 'Why; not shown to customers.';

create trigger user_pricing_overrides_updated_at before update on public.user_pricing_overrides
for each row execute function public.update_updated_at_column();

alter table public.user_pricing_overrides enable row level security;

create policy user_pricing_overrides_read_own on public.user_pricing_overrides for select to authenticated
using (user_id = ((select auth.jwt()) ->> 'sub'));

revoke all on public.user_pricing_overrides from public, anon, authenticated, service_role;
grant select, insert, update, delete on public.user_pricing_overrides to service_role;
grant select (
  id, user_id, resource_type, override_price, original_price, discount_percentage, valid_from, valid_until
) on public.user_pricing_overrides to authenticated;

-- The first generation's price list in Stripe. Deprecated: nothing new reads it, old invoices refer to
-- its ids.

create table public.stripe_products (
  id uuid not null primary key default gen_random_uuid(),
  product_type text not null,
  stripe_product_id text not null,
  stripe_price_id text not null,
  unit_price numeric not null,
  unit_name text not null,
  active boolean not null default true,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),

  constraint stripe_products_stripe_price_id_key unique (stripe_price_id),
  constraint stripe_products_unit_price_check check (unit_price >= 0 and unit_price < 'Infinity')
);

comment on table public.stripe_products is 'Deprecated: Stripe products and prices of the first generation, kept for old invoices.';
comment on column public.stripe_products.unit_price is 'USD per unit_name.';

create trigger stripe_products_updated_at before update on public.stripe_products
for each row execute function public.update_updated_at_column();

alter table public.stripe_products enable row level security;

-- Not for customers: says so, instead of leaving it to a missing policy.
create policy stripe_products_read_nobody on public.stripe_products for select to authenticated
using (false);

revoke all on public.stripe_products from public, anon, authenticated, service_role;
grant select, insert, update, delete on public.stripe_products to service_role;
