-- What each user used on each UTC day, and what it cost: the table every dashboard and invoice line
-- reads. The collector recomputes a day from hour-facts and writes it whole, so a rerun or an overlap
-- changes nothing.
--
-- Quantities and costs are `numeric` without a scale. An hour of a small project costs less than a
-- cent; two decimals would round it to nothing, every hour, for ever. Rounding happens once, on the
-- invoice. The upper bound of each check is what keeps out NaN, which Postgres sorts above Infinity.
--
-- One set of columns for each quantity: the opencost_* twins that later databases carry are the same
-- hours under a second name. OpenCost's own cost figures (what we pay) stay with the hour-facts.

create table public.usage_daily (
  id uuid not null primary key default gen_random_uuid(),
  user_id text not null references public.users (id) on delete restrict,
  account_owner_id text not null references public.users (id) on delete restrict,
  date date not null,
  hopsworks_cluster_id uuid references public.hopsworks_clusters (id) on delete restrict,

  cpu_hours numeric not null default 0,
  gpu_hours numeric not null default 0,
  memory_gb_hours numeric not null default 0,
  instance_hours numeric not null default 0,
  storage_gb numeric not null default 0,
  online_storage_gb numeric not null default 0,
  offline_storage_gb numeric not null default 0,
  network_egress_gb numeric not null default 0,
  feature_store_api_calls bigint not null default 0,
  model_inference_calls bigint not null default 0,
  project_count integer not null default 0,
  instance_type text,
  project_breakdown jsonb not null default '{}',

  total_cost numeric not null default 0,
  credits_deducted numeric not null default 0,
  reported_to_stripe boolean not null default false,
  stripe_usage_record_id text,

  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),

  constraint usage_daily_user_id_date_key unique (user_id, date),
  constraint usage_daily_cpu_hours_check check (cpu_hours >= 0 and cpu_hours < 'Infinity'),
  constraint usage_daily_gpu_hours_check check (gpu_hours >= 0 and gpu_hours < 'Infinity'),
  constraint usage_daily_memory_gb_hours_check check (memory_gb_hours >= 0 and memory_gb_hours < 'Infinity'),
  constraint usage_daily_instance_hours_check check (instance_hours >= 0 and instance_hours < 'Infinity'),
  constraint usage_daily_storage_gb_check check (storage_gb >= 0 and storage_gb < 'Infinity'),
  constraint usage_daily_online_storage_gb_check
    check (online_storage_gb >= 0 and online_storage_gb < 'Infinity'),
  constraint usage_daily_offline_storage_gb_check
    check (offline_storage_gb >= 0 and offline_storage_gb < 'Infinity'),
  constraint usage_daily_network_egress_gb_check
    check (network_egress_gb >= 0 and network_egress_gb < 'Infinity'),
  constraint usage_daily_feature_store_api_calls_check check (feature_store_api_calls >= 0),
  constraint usage_daily_model_inference_calls_check check (model_inference_calls >= 0),
  constraint usage_daily_project_count_check check (project_count >= 0),
  constraint usage_daily_project_breakdown_check check (jsonb_typeof(project_breakdown) = 'object'),
  constraint usage_daily_total_cost_check check (total_cost >= 0 and total_cost < 'Infinity'),
  constraint usage_daily_credits_deducted_check
    check (credits_deducted >= 0 and credits_deducted < 'Infinity')
);

comment on table public.usage_daily is 'Use and cost per user and UTC day.';
comment on column public.usage_daily.account_owner_id is
  'Who pays: the user''s owner at the time, or the user. Filled in when left out; later changes of team do not move it.';
comment on column public.usage_daily.date is 'UTC day.';
comment on column public.usage_daily.hopsworks_cluster_id is 'Where most of the day''s work ran; null for days without compute.';
comment on column public.usage_daily.cpu_hours is 'CPU core hours.';
comment on column public.usage_daily.gpu_hours is 'GPU hours.';
comment on column public.usage_daily.memory_gb_hours is 'Memory, GB times hours.';
comment on column public.usage_daily.instance_hours is 'Hours the customer''s instance ran.';
comment on column public.usage_daily.storage_gb is
  'GB kept, averaged over the day: a snapshot and not a sum. Thirty such days at 1 GB are one GB-month.';
comment on column public.usage_daily.online_storage_gb is 'Part of storage_gb in the online feature store (GB).';
comment on column public.usage_daily.offline_storage_gb is 'Part of storage_gb in the offline feature store (GB).';
comment on column public.usage_daily.network_egress_gb is 'GB sent out of the cluster.';
comment on column public.usage_daily.feature_store_api_calls is 'Calls to the feature store.';
comment on column public.usage_daily.model_inference_calls is 'Predictions served.';
comment on column public.usage_daily.project_count is 'Projects that used anything that day.';
comment on column public.usage_daily.instance_type is 'Kind of instance most of the day; null when unknown.';
comment on column public.usage_daily.project_breakdown is 'Object of namespace to its part of this row.';
comment on column public.usage_daily.total_cost is 'USD at full precision; rounded on the invoice and nowhere before.';
comment on column public.usage_daily.credits_deducted is 'USD of total_cost that was paid with credits (prepaid accounts).';
comment on column public.usage_daily.reported_to_stripe is 'True once Stripe has accepted this day (postpaid accounts).';
comment on column public.usage_daily.stripe_usage_record_id is 'Stripe''s id of that report.';

create index usage_daily_account_owner_idx on public.usage_daily (account_owner_id, date);
create index usage_daily_cluster_idx on public.usage_daily (hopsworks_cluster_id, date);
-- Rows arrive in the order of days: a few pages of BRIN answer "all of last month" over any number of rows.
create index usage_daily_date_brin on public.usage_daily using brin (date);

create trigger usage_daily_updated_at before update on public.usage_daily
for each row execute function public.update_updated_at_column();

-- Who pays is decided when the use is recorded. Programs that know say so; the others get it here,
-- before the not-null check.
create function public.usage_daily_fill_account_owner() returns trigger
language plpgsql
set search_path = ''
as $$
begin
  select coalesce(u.account_owner_id, u.id) into new.account_owner_id
  from public.users as u
  where u.id = new.user_id;
  return new;
end
$$;

comment on function public.usage_daily_fill_account_owner() is 'Trigger: whoever owns the user''s team now is who pays.';

revoke all on function public.usage_daily_fill_account_owner()
from public, anon, authenticated, service_role;
grant execute on function public.usage_daily_fill_account_owner() to service_role;

create trigger usage_daily_account_owner before insert on public.usage_daily
for each row when (new.account_owner_id is null)
execute function public.usage_daily_fill_account_owner();

alter table public.usage_daily enable row level security;

-- By the owner of the day, not of today: who paid keeps seeing what they paid for after a member left.
create policy usage_daily_read_own_and_paid on public.usage_daily for select to authenticated
using (
  user_id = ((select auth.jwt()) ->> 'sub')
  or account_owner_id = ((select auth.jwt()) ->> 'sub')
);

revoke all on public.usage_daily from public, anon, authenticated, service_role;
grant select, insert, update, delete on public.usage_daily to service_role;
grant select on public.usage_daily to authenticated;
