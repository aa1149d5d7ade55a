-- What customers have in Hopsworks: an instance, projects, feature groups, deployments. Copies for
-- the dashboard and for support; Hopsworks is the truth. user_projects matters for money too: it says
-- who pays for a namespace that OpenCost measured.

create table public.instances (
  id uuid not null primary key default gen_random_uuid(),
  user_id text not null references public.users (id) on delete cascade,
  instance_name text not null,
  hopsworks_url text,
  status text not null default 'provisioning',
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  activated_at timestamptz,
  deleted_at timestamptz,

  constraint instances_user_id_key unique (user_id),
  constraint instances_status_check check (status in ('provisioning', 'active', 'stopped', 'deleted')),
  constraint instances_hopsworks_url_check check (hopsworks_url ~ '^https?://')
);

comment on table public.instances is 'A customer''s Hopsworks instance; one each.';
comment on column public.instances.hopsworks_url is 'Where the customer signs in; null until provisioned.';

create trigger instances_updated_at before update on public.instances
for each row execute function public.update_updated_at_column();

alter table public.instances enable row level security;

create policy instances_read_own_and_team on public.instances for select to authenticated
using (
  user_id = any (array(
    select u.id from public.users as u
    where
      u.id = ((select auth.jwt()) ->> 'sub')
      or u.account_owner_id = ((select auth.jwt()) ->> 'sub')
  ))
);

revoke all on public.instances from public, anon, authenticated, service_role;
grant select, insert, update, delete on public.instances to service_role;
grant select on public.instances to authenticated;

-- Two clusters may each hold a project 7 called my_project. Billing once went to the wrong customer
-- for that reason, so everything here is unique within its cluster only.

create table public.user_projects (
  id uuid not null primary key default gen_random_uuid(),
  user_id text not null references public.users (id) on delete restrict,
  hopsworks_cluster_id uuid not null references public.hopsworks_clusters (id) on delete restrict,
  project_id integer not null,
  project_name text not null,
  namespace text not null,
  status text not null default 'active',
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  last_seen_at timestamptz,

  constraint user_projects_user_id_project_key unique (user_id, hopsworks_cluster_id, project_id),
  constraint user_projects_status_check check (status in ('active', 'inactive'))
);

comment on table public.user_projects is 'Hopsworks projects and the user whose account pays for their namespace.';
comment on column public.user_projects.project_id is 'Hopsworks'' number, unique on one cluster only.';
comment on column public.user_projects.namespace is
  'Kubernetes namespace: the project name with _ turned into -. Unique among a cluster''s active rows.';
comment on column public.user_projects.last_seen_at is 'When the cluster last listed the project; null: never yet.';

create unique index user_projects_active_namespace_key
on public.user_projects (hopsworks_cluster_id, namespace)
where status = 'active';
create index user_projects_cluster_idx on public.user_projects (hopsworks_cluster_id);

create trigger user_projects_updated_at before update on public.user_projects
for each row execute function public.update_updated_at_column();

alter table public.user_projects enable row level security;

create policy user_projects_read_own_and_team on public.user_projects for select to authenticated
using (
  user_id = any (array(
    select u.id from public.users as u
    where
      u.id = ((select auth.jwt()) ->> 'sub')
      or u.account_owner_id = ((select auth.jwt()) ->> 'sub')
  ))
);

revoke all on public.user_projects from public, anon, authenticated, service_role;
grant select, insert, update, delete on public.user_projects to service_role;
grant select on public.user_projects to authenticated;

-- What a member may do in the owner's projects, and whether Hopsworks has been told.

create table public.project_member_roles (
  id uuid not null primary key default gen_random_uuid(),
  member_id text not null references public.users (id) on delete cascade,
  account_owner_id text not null references public.users (id) on delete cascade,
  project_id integer not null,
  project_name text not null,
  role text not null,
  synced_to_hopsworks boolean not null default false,
  last_sync_at timestamptz,
  sync_error text,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),

  constraint project_member_roles_member_project_key unique (member_id, account_owner_id, project_id),
  constraint project_member_roles_role_check check (role in ('Data owner', 'Data scientist')),
  constraint project_member_roles_member_check check (member_id <> account_owner_id)
);

comment on table public.project_member_roles is 'Roles of team members in their owner''s Hopsworks projects.';
comment on column public.project_member_roles.project_id is 'Hopsworks'' number on the owner''s cluster, where members work too.';
comment on column public.project_member_roles.synced_to_hopsworks is 'False: wanted here, not yet confirmed by Hopsworks.';
comment on column public.project_member_roles.sync_error is 'Why the last attempt to tell Hopsworks failed; null after a success.';

create index project_member_roles_account_owner_idx on public.project_member_roles (account_owner_id);

create trigger project_member_roles_updated_at before update on public.project_member_roles
for each row execute function public.update_updated_at_column();

alter table public.project_member_roles enable row level security;

create policy project_member_roles_read_own_and_team
on public.project_member_roles for select to authenticated
using (
  member_id = ((select auth.jwt()) ->> 'sub')
  or account_owner_id = ((select auth.jwt()) ->> 'sub')
);

revoke all on public.project_member_roles from public, anon, authenticated, service_role;
grant select, insert, update, delete on public.project_member_roles to service_role;
grant select on public.project_member_roles to authenticated;

create table public.feature_groups (
  id uuid not null primary key default gen_random_uuid(),
  user_id text not null references public.users (id) on delete cascade,
  name text not null,
  version integer not null default 1,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  deleted_at timestamptz,

  constraint feature_groups_version_check check (version >= 1)
);

comment on table public.feature_groups is
  'Feature groups customers made, for the dashboard''s count. Names repeat: each project has its own feature store.';
comment on column public.feature_groups.deleted_at is 'Null: still there.';

create index feature_groups_user_idx on public.feature_groups (user_id, name, version);

create trigger feature_groups_updated_at before update on public.feature_groups
for each row execute function public.update_updated_at_column();

alter table public.feature_groups enable row level security;

create policy feature_groups_read_own_and_team on public.feature_groups for select to authenticated
using (
  user_id = any (array(
    select u.id from public.users as u
    where
      u.id = ((select auth.jwt()) ->> 'sub')
      or u.account_owner_id = ((select auth.jwt()) ->> 'sub')
  ))
);

revoke all on public.feature_groups from public, anon, authenticated, service_role;
grant select, insert, update, delete on public.feature_groups to service_role;
grant select on public.feature_groups to authenticated;

create table public.model_deployments (
  id uuid not null primary key default gen_random_uuid(),
  user_id text not null references public.users (id) on delete cascade,
  name text not null,
  endpoint text,
  status text,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  deleted_at timestamptz
);

comment on table public.model_deployments is 'Models customers serve, for the dashboard.';
comment on column public.model_deployments.endpoint is 'Address predictions are asked at; null until there is one.';
comment on column public.model_deployments.status is 'As Hopsworks words it; its list of words grows, so none is refused here.';
comment on column public.model_deployments.deleted_at is 'Null: still there.';

create index model_deployments_user_idx on public.model_deployments (user_id, name);

create trigger model_deployments_updated_at before update on public.model_deployments
for each row execute function public.update_updated_at_column();

alter table public.model_deployments enable row level security;

create policy model_deployments_read_own_and_team on public.model_deployments for select to authenticated
using (
  user_id = any (array(
    select u.id from public.users as u
    where
      u.id = ((select auth.jwt()) ->> 'sub')
      or u.account_owner_id = ((select auth.jwt()) ->> 'sub')
  ))
);

revoke all on public.model_deployments from public, anon, authenticated, service_role;
grant select, insert, update, delete on public.model_deployments to service_role;
grant select on public.model_deployments to authenticated;
