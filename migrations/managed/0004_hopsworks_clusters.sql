-- The Hopsworks clusters customers work on. Support asks "is there room", the collector asks "how do
-- I reach it"; customers only need a name and an address.

create table public.hopsworks_clusters (
  id uuid not null primary key default gen_random_uuid(),
  name text not null,
  api_url text not null,
  api_key text,
  kubeconfig text,
  region text,
  max_users integer not null default 100,
  current_users integer not null default 0,
  status text not null default 'active',
  metadata jsonb not null default '{}',
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),

  constraint hopsworks_clusters_name_key unique (name),
  constraint hopsworks_clusters_api_url_check check (api_url ~ '^https?://'),
  constraint hopsworks_clusters_max_users_check check (max_users >= 0),
  -- Not "<= max_users": lowering the limit below what is there is how a cluster is drained.
  constraint hopsworks_clusters_current_users_check check (current_users >= 0),
  constraint hopsworks_clusters_status_check check (status in ('active', 'inactive', 'maintenance', 'full')),
  constraint hopsworks_clusters_metadata_check check (jsonb_typeof(metadata) = 'object')
);

comment on table public.hopsworks_clusters is 'Hopsworks clusters customers are placed on.';
comment on column public.hopsworks_clusters.api_url is 'Base address of the Hopsworks API, without /hopsworks-api.';
comment on column public.hopsworks_clusters.api_key is 'Secret: admin API key. Sealed by the console; never readable over REST.';
comment on column public.hopsworks_clusters.kubeconfig is 'Secret: Kubernetes access for metering. Sealed by the console; never readable over REST.';
comment on column public.hopsworks_clusters.max_users is 'Seats. Nobody is placed here automatically beyond this.';
comment on column public.hopsworks_clusters.current_users is
  'Seats taken, kept by increment_cluster_users and decrement_cluster_users. user_hopsworks_assignments is the truth; the console reports a difference.';
comment on column public.hopsworks_clusters.status is 'Only active clusters take new users; full is active without room, set by hand.';

create trigger hopsworks_clusters_updated_at before update on public.hopsworks_clusters
for each row execute function public.update_updated_at_column();

alter table public.hopsworks_clusters enable row level security;

revoke all on public.hopsworks_clusters from public, anon, authenticated, service_role;
grant select, insert, update, delete on public.hopsworks_clusters to service_role;
-- No secrets, no metadata, no word on how full we are.
grant select (id, name, api_url, region, status) on public.hopsworks_clusters to authenticated;

-- Who works where. One cluster a user; members follow their owner. Moving somebody is an update of
-- this row: deleting it first, as the service once did, loses the choice when the insert fails.

create table public.user_hopsworks_assignments (
  id uuid not null primary key default gen_random_uuid(),
  user_id text not null references public.users (id) on delete cascade,
  hopsworks_cluster_id uuid not null references public.hopsworks_clusters (id) on delete restrict,
  assigned_at timestamptz not null default now(),
  assigned_by text not null default 'system',
  hopsworks_username text,
  hopsworks_user_id integer,
  updated_at timestamptz not null default now(),

  constraint user_hopsworks_assignments_user_id_key unique (user_id),
  constraint user_hopsworks_assignments_assigned_by_check
    check (assigned_by in ('system', 'admin', 'team_member_auto'))
);

comment on table public.user_hopsworks_assignments is 'Which cluster a user works on; at most one each.';
comment on column public.user_hopsworks_assignments.assigned_by is
  'system (least filled cluster), admin (chosen by staff) or team_member_auto (followed the owner).';
comment on column public.user_hopsworks_assignments.hopsworks_username is 'Login name on that cluster; null until the user exists there.';
comment on column public.user_hopsworks_assignments.hopsworks_user_id is 'Numeric id on that cluster; null until known.';

create index user_hopsworks_assignments_cluster_idx
on public.user_hopsworks_assignments (hopsworks_cluster_id, user_id);

create trigger user_hopsworks_assignments_updated_at before update on public.user_hopsworks_assignments
for each row execute function public.update_updated_at_column();

alter table public.user_hopsworks_assignments enable row level security;

-- The array is made once a statement (users answers with its own policy applied), and `= any` can use
-- the index on user_id, which `or` with a sub-select cannot.
create policy user_hopsworks_assignments_read_own_and_team
on public.user_hopsworks_assignments for select to authenticated
using (
  user_id = any (array(
    select u.id from public.users as u
    where
      u.id = ((select auth.jwt()) ->> 'sub')
      or u.account_owner_id = ((select auth.jwt()) ->> 'sub')
  ))
);

revoke all on public.user_hopsworks_assignments from public, anon, authenticated, service_role;
grant select, insert, update, delete on public.user_hopsworks_assignments to service_role;
grant select on public.user_hopsworks_assignments to authenticated;

-- A customer sees the clusters of the assignments they see: the policy above decides both.
create policy hopsworks_clusters_read_assigned on public.hopsworks_clusters for select to authenticated
using (id = any (array(select a.hopsworks_cluster_id from public.user_hopsworks_assignments as a)));

-- The service's programs call these by name after they wrote an assignment. Taking the last seat is
-- decided by the row lock: of two callers one is told that the cluster is full.

create function public.increment_cluster_users(cluster_id uuid) returns void
language plpgsql
set search_path = ''
as $$
begin
  update public.hopsworks_clusters as c
  set current_users = c.current_users + 1
  where c.id = cluster_id and c.current_users < c.max_users;
  if found then
    return;
  end if;
  if exists (select from public.hopsworks_clusters as c where c.id = cluster_id) then
    raise exception 'cluster % is full', cluster_id
      using errcode = 'check_violation', hint = 'Raise max_users or choose another cluster.';
  end if;
  raise exception 'there is no cluster %', cluster_id using errcode = 'no_data_found';
end
$$;

create function public.decrement_cluster_users(cluster_id uuid) returns void
language plpgsql
set search_path = ''
as $$
begin
  -- Stops at zero: the caller has freed a seat and must not fail because the count had drifted.
  update public.hopsworks_clusters as c
  set current_users = greatest(c.current_users - 1, 0)
  where c.id = cluster_id;
  if not found then
    raise exception 'there is no cluster %', cluster_id using errcode = 'no_data_found';
  end if;
end
$$;

comment on function public.increment_cluster_users(uuid) is
  'Takes a seat on a cluster; fails with check_violation when it is full, no_data_found when it is unknown.';
comment on function public.decrement_cluster_users(uuid) is
  'Gives a seat on a cluster back, never below zero; fails with no_data_found when it is unknown.';

revoke all on function public.increment_cluster_users(uuid) from public, anon, authenticated, service_role;
revoke all on function public.decrement_cluster_users(uuid) from public, anon, authenticated, service_role;
grant execute on function public.increment_cluster_users(uuid) to service_role;
grant execute on function public.decrement_cluster_users(uuid) to service_role;
