-- What the nightly checks found wrong with a customer's set-up (no Hopsworks user, no cluster, a
-- customer Stripe does not know), so that support hears of it before the customer does. The messages
-- quote internal systems: staff only.

create table public.health_check_failures (
  id uuid not null primary key default gen_random_uuid(),
  user_id text references public.users (id) on delete set null,
  email text,
  check_type text not null,
  error_message text not null,
  details jsonb not null default '{}',
  created_at timestamptz not null default now(),
  resolved_at timestamptz,
  resolution_notes text,

  constraint health_check_failures_resolved_at_check check (resolved_at >= created_at)
);

comment on table public.health_check_failures is 'Findings of the health checks. Open: resolved_at is null.';
comment on column public.health_check_failures.user_id is 'Null when no user row exists, which may be the finding.';
comment on column public.health_check_failures.email is 'Address at the time, kept when the user is gone.';
comment on column public.health_check_failures.check_type is 'Which check; the list grows, so none is refused here.';

create index health_check_failures_user_idx on public.health_check_failures (user_id, created_at desc);
create index health_check_failures_open_idx on public.health_check_failures (created_at desc, id)
where resolved_at is null;
-- Of an address without a user.
create index health_check_failures_email_idx on public.health_check_failures (lower(email));

alter table public.health_check_failures enable row level security;

create policy health_check_failures_read_nobody on public.health_check_failures for select to authenticated
using (false);

revoke all on public.health_check_failures from public, anon, authenticated, service_role;
grant select, insert, update, delete on public.health_check_failures to service_role;
