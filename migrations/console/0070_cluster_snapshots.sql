-- What each cluster has, gives and carries, recorded on a schedule: the service's own count says how many seats are
-- taken, and nothing of whether there is a processor left. Many programs may record; clusters are shared out between
-- them by row locks, so that one that does not answer holds up no other.
--
-- A snapshot says what was known at that moment. What was not is null, with the reason beside it, and never zero.

create table console.cluster_watch (
  cluster_id text not null primary key,
  next_at timestamptz not null,
  read_at timestamptz,
  lease uuid,
  leased_by text,
  leased_until timestamptz
);

comment on table console.cluster_watch is 'When each cluster is looked at next, and which program is at it.';
comment on column console.cluster_watch.read_at is 'When it was last asked for what is read less often (0073): its users, its projects, its costs.';

create table console.cluster_snapshots (
  cluster_id text not null,
  taken_at timestamptz not null,
  grain text not null,
  hopsworks_version text,
  hopsworks_ms integer,
  hopsworks_code text,
  hopsworks_failure text,
  hopsworks_certificate_until timestamptz,
  kubernetes_version text,
  kubernetes_ms integer,
  kubernetes_code text,
  kubernetes_failure text,
  kubernetes_uid text,
  server_certificate_until timestamptz,
  client_certificate_until timestamptz,
  capacity_code text,
  capacity_failure text,
  no_metrics text,
  unread integer,
  nodes integer,
  nodes_ready integer,
  nodes_cordoned integer,
  pods integer,
  pods_waiting integer,
  pods_allocatable bigint,
  pods_free bigint,
  cpu_capacity bigint,
  cpu_allocatable bigint,
  cpu_free bigint,
  cpu_requested bigint,
  cpu_limits bigint,
  cpu_used bigint,
  memory_capacity bigint,
  memory_allocatable bigint,
  memory_free bigint,
  memory_requested bigint,
  memory_limits bigint,
  memory_used bigint,
  gpu_capacity bigint,
  gpu_allocatable bigint,
  gpu_free bigint,
  gpu_requested bigint,
  ephemeral_capacity bigint,
  ephemeral_allocatable bigint,
  ephemeral_free bigint,
  ephemeral_requested bigint,
  claims integer,
  disk_requested bigint,
  disk_provisioned bigint,
  seats_taken bigint,
  seats_limit bigint,

  constraint cluster_snapshots_pkey primary key (cluster_id, taken_at),
  constraint cluster_snapshots_grain_check check (grain in ('round', 'hour', 'day')),
  constraint cluster_snapshots_metrics_check check (no_metrics in ('absent', 'not_allowed', 'silent')),
  constraint cluster_snapshots_hopsworks_check check (hopsworks_code is null or hopsworks_version is null),
  constraint cluster_snapshots_capacity_check check ((capacity_code is null) = (nodes is not null))
);

-- The last one that says what a cluster carries, which is not the last one when the cluster does not answer.
create index cluster_snapshots_known_idx on console.cluster_snapshots (cluster_id, taken_at desc) where nodes is not null;
create index cluster_snapshots_kept_idx on console.cluster_snapshots (cluster_id, grain, taken_at);

comment on table console.cluster_snapshots is
  'What each cluster had, gave and carried. Processors in thousandths of a core, memory and disk in bytes. Null: not known.';
comment on column console.cluster_snapshots.grain is
  'How long it is kept: round a week, the last of an hour 90 days, the last of a day two years.';
comment on column console.cluster_snapshots.cpu_allocatable is 'On all nodes, also those that take no new pods; cpu_free: what is left on those that do. So for the others.';
comment on column console.cluster_snapshots.capacity_code is 'Why it is not known what the cluster carries; null where it is.';
comment on column console.cluster_snapshots.no_metrics is 'Why use was not measured; null where it was, or nothing at all is known.';
comment on column console.cluster_snapshots.kubernetes_uid is
  'By which a Kubernetes is told from every other (that of its namespace kube-system): a kubeconfig may open another cluster than the one that is meant.';
comment on column console.cluster_snapshots.unread is 'Objects that could not be read, and are not counted.';
comment on column console.cluster_snapshots.disk_requested is 'What claims on volumes ask for; disk_provisioned is what they were given.';
comment on column console.cluster_snapshots.seats_taken is 'By the assignments, at that moment.';

-- Of the last snapshot alone: a history of every node and namespace would outgrow all else here.
create table console.cluster_nodes (
  cluster_id text not null,
  name text not null,
  taken_at timestamptz not null,
  is_ready boolean,
  reason text,
  not_ready_since timestamptz,
  is_cordoned boolean not null,
  cordoned_since timestamptz,
  taints text[] not null,
  pressures text[] not null,
  machine text,
  kubelet text,
  pods integer not null,
  pods_allocatable bigint,
  cpu_capacity bigint,
  cpu_allocatable bigint,
  cpu_requested bigint not null,
  cpu_limits bigint not null,
  cpu_used bigint,
  memory_capacity bigint,
  memory_allocatable bigint,
  memory_requested bigint not null,
  memory_limits bigint not null,
  memory_used bigint,
  gpu_capacity bigint not null,
  gpu_allocatable bigint not null,
  gpu_requested bigint not null,
  ephemeral_allocatable bigint,
  ephemeral_requested bigint not null,

  constraint cluster_nodes_pkey primary key (cluster_id, name)
);

create table console.cluster_namespaces (
  cluster_id text not null,
  namespace text not null,
  taken_at timestamptz not null,
  pods integer not null,
  pods_waiting integer not null,
  cpu_requested bigint not null,
  cpu_limits bigint not null,
  cpu_used bigint,
  memory_requested bigint not null,
  memory_limits bigint not null,
  memory_used bigint,
  gpu_requested bigint not null,
  ephemeral_requested bigint not null,
  claims integer not null,
  disk_requested bigint not null,
  disk_provisioned bigint not null,

  constraint cluster_namespaces_pkey primary key (cluster_id, namespace)
);

-- A project is looked for by its namespace: the same name may stand on two clusters.
create index cluster_namespaces_namespace_idx on console.cluster_namespaces (namespace);

comment on table console.cluster_nodes is 'The nodes of each cluster as its last snapshot that reached it saw them. is_ready null: lost sight of.';
comment on column console.cluster_nodes.not_ready_since is 'By its own word; where it says nothing, since it was first seen so. Null: it is ready.';
comment on column console.cluster_nodes.cordoned_since is 'Likewise. Null: it takes new pods.';
comment on table console.cluster_namespaces is 'What each namespace held and used by the last snapshot that reached its cluster.';

alter table console.cluster_watch enable row level security;
alter table console.cluster_snapshots enable row level security;
alter table console.cluster_nodes enable row level security;
alter table console.cluster_namespaces enable row level security;

-- Clusters whose turn it is, each leased for three minutes: a program that dies gives them back by not answering.
-- What changes slowly, and is long to read, is asked for every fifteen minutes only.
create function console.claim_snapshots(p_limit integer, p_now timestamptz) returns table (cluster_id text, lease uuid, thorough boolean)
language plpgsql
security definer
set search_path = ''
as $function$
declare
  v_gone record;
begin
  if p_limit is null or p_limit not between 1 and 100 or not coalesce(pg_catalog.isfinite(p_now), false) then
    perform console.refuse('HD005', 'Claim from 1 to 100 clusters, at a time.', '{"argument": "limit"}');
  end if;
  insert into console.cluster_watch (cluster_id, next_at)
  select k.id, p_now from console.clusters as k
  where not exists (select from console.cluster_watch as w where w.cluster_id = k.id)
  on conflict do nothing;
  -- What is off record is not there to be seen any more; its history goes after 90 days.
  for v_gone in
    select w.cluster_id, w.next_at from console.cluster_watch as w
    where not exists (select from console.clusters as k where k.id = w.cluster_id)
    for update skip locked
  loop
    delete from console.cluster_nodes as n where n.cluster_id = v_gone.cluster_id;
    delete from console.cluster_namespaces as n where n.cluster_id = v_gone.cluster_id;
    delete from console.cluster_forecasts as f where f.cluster_id = v_gone.cluster_id;
    perform console.forget_readings(v_gone.cluster_id);
    if v_gone.next_at < p_now - interval '90 days' then
      delete from console.cluster_snapshots as s where s.cluster_id = v_gone.cluster_id;
      delete from console.cluster_watch as w where w.cluster_id = v_gone.cluster_id;
    end if;
  end loop;
  return query
  with due as (
    select w.cluster_id
    from console.cluster_watch as w
    join console.clusters as k on k.id = w.cluster_id
    where
      w.next_at <= p_now and (w.leased_until is null or w.leased_until <= pg_catalog.clock_timestamp())
      and k.status is distinct from 'inactive'
    order by w.next_at, w.cluster_id
    limit p_limit
    for update of w skip locked
  )
  update console.cluster_watch as w set
    lease = pg_catalog.gen_random_uuid(), leased_by = session_user, leased_until = pg_catalog.clock_timestamp() + interval '3 minutes'
  from due
  where w.cluster_id = due.cluster_id
  returning w.cluster_id, w.lease, coalesce(w.read_at <= p_now - interval '15 minutes', true);
end
$function$;

-- Keeps what was seen, and says when to look again. Whether the turn was still the caller's: who comes too late has
-- been overtaken, and what it saw is older than what is there.
create function console.record_snapshot(
  p_cluster_id text, p_lease uuid, p_now timestamptz, p_next_at timestamptz, p_snapshot jsonb, p_nodes jsonb, p_namespaces jsonb
) returns boolean
language plpgsql
security definer
set search_path = ''
as $function$
declare
  v_snapshot console.cluster_snapshots;
  v_limit bigint;
  v_before jsonb;
  v_day timestamptz := pg_catalog.date_trunc('day', p_now, 'UTC');
begin
  if not coalesce(pg_catalog.isfinite(p_now) and pg_catalog.isfinite(p_next_at), false)
    or pg_catalog.jsonb_typeof(p_snapshot) is distinct from 'object'
    or (p_nodes is null) <> (p_snapshot ->> 'nodes' is null) or (p_namespaces is null) <> (p_nodes is null)
  then
    perform console.refuse('HD005', 'Say what was seen, when, and when to look again.', '{"argument": "snapshot"}');
  end if;
  update console.cluster_watch as w set next_at = p_next_at, lease = null, leased_by = null, leased_until = null
  where w.cluster_id = p_cluster_id and w.lease = p_lease;
  if not found then
    return false;
  end if;
  select k.max_users into v_limit from console.clusters as k where k.id = p_cluster_id;
  v_snapshot := pg_catalog.jsonb_populate_record(null::console.cluster_snapshots, p_snapshot);
  v_snapshot.cluster_id := p_cluster_id;
  v_snapshot.taken_at := p_now;
  v_snapshot.seats_taken := console.seats_taken(p_cluster_id);
  v_snapshot.seats_limit := v_limit;
  -- The last is what stays of an hour, and of a day: what was then stands nearest to what came after. One that does
  -- not tell what the cluster carries still counts its seats, and stands for a day of which there is no other.
  v_snapshot.grain := 'round';
  if v_snapshot.nodes is not null or not exists (
    select from console.cluster_snapshots as s
    where s.cluster_id = p_cluster_id and s.grain = 'day' and s.nodes is not null and s.taken_at >= v_day
      and s.taken_at < v_day + interval '1 day'
  ) then
    update console.cluster_snapshots as s set grain = case
      when s.nodes is not null and pg_catalog.date_trunc('hour', s.taken_at, 'UTC') <> pg_catalog.date_trunc('hour', p_now, 'UTC')
        then 'hour'
      else 'round' end
    where
      s.cluster_id = p_cluster_id and s.grain in ('day', 'hour') and s.taken_at >= v_day and s.taken_at < v_day + interval '1 day'
      and (s.grain = 'day' or s.taken_at >= pg_catalog.date_trunc('hour', p_now, 'UTC'));
    v_snapshot.grain := 'day';
  end if;
  insert into console.cluster_snapshots values (v_snapshot.*) on conflict (cluster_id, taken_at) do nothing;
  delete from console.cluster_snapshots as s
  where
    s.cluster_id = p_cluster_id
    and (
      s.grain = 'round' and s.taken_at < p_now - interval '7 days'
      or s.grain = 'hour' and s.taken_at < p_now - interval '90 days'
      or s.taken_at < p_now - interval '730 days'
    );
  if p_nodes is null then
    perform console.note_findings(p_cluster_id, p_now, '{seats,snapshot}');
    return true;
  end if;
  -- Since when a node is as it is: many clusters do not tell.
  select coalesce(pg_catalog.jsonb_object_agg(n.name, pg_catalog.jsonb_build_array(n.not_ready_since, n.cordoned_since)), '{}')
  into v_before
  from console.cluster_nodes as n where n.cluster_id = p_cluster_id;
  delete from console.cluster_nodes as n where n.cluster_id = p_cluster_id;
  insert into console.cluster_nodes
  select r.* from pg_catalog.jsonb_array_elements(p_nodes) as e (node)
  cross join lateral pg_catalog.jsonb_populate_record(
    null::console.cluster_nodes, e.node || pg_catalog.jsonb_build_object(
      'cluster_id', p_cluster_id, 'taken_at', p_now,
      'not_ready_since', case when e.node ->> 'is_ready' is distinct from 'true' then coalesce(
        e.node ->> 'not_ready_since', v_before -> (e.node ->> 'name') ->> 0, p_now::text) end,
      'cordoned_since', case when e.node ->> 'is_cordoned' = 'true' then coalesce(
        e.node ->> 'cordoned_since', v_before -> (e.node ->> 'name') ->> 1, p_now::text) end
    )
  ) as r;
  delete from console.cluster_namespaces as n where n.cluster_id = p_cluster_id;
  insert into console.cluster_namespaces
  select r.* from pg_catalog.jsonb_array_elements(p_namespaces) as e (namespace)
  cross join lateral pg_catalog.jsonb_populate_record(
    null::console.cluster_namespaces, e.namespace || pg_catalog.jsonb_build_object('cluster_id', p_cluster_id, 'taken_at', p_now)
  ) as r;
  perform console.note_findings(p_cluster_id, p_now, '{seats,snapshot}');
  return true;
end
$function$;

-- Whether anybody looks at a cluster: watched, or why not. Where programs look, one of all clusters is always due
-- later or somebody's turn; where everything has been overdue for a minute, none does.
create function console.cluster_watched(p_cluster_id text) returns text
language plpgsql
stable
security definer
set search_path = ''
as $function$
declare
  v_status text;
begin
  select coalesce(k.status, 'active') into v_status from console.clusters as k where k.id = p_cluster_id;
  return case
    when not found then 'missing'
    when v_status = 'inactive' then 'inactive'
    when exists (
      select from console.cluster_watch as w
      where greatest(w.next_at, w.leased_until) > pg_catalog.statement_timestamp() - interval '1 minute'
    ) then 'watched'
    else 'nobody' end;
end
$function$;

-- Somebody does not want to wait for the schedule. Whoever is at it already is not disturbed. Told is whether anybody
-- looks at all, as it was before asking.
create function console.request_snapshot(p_cluster_id text) returns text
language plpgsql
security definer
set search_path = ''
as $function$
declare
  v_watched text;
begin
  if session_user <> current_user then
    perform console.caller();
  end if;
  v_watched := console.cluster_watched(p_cluster_id);
  if v_watched in ('watched', 'nobody') then
    update console.cluster_watch as w set next_at = least(w.next_at, pg_catalog.clock_timestamp()), read_at = null
    where w.cluster_id = p_cluster_id;
  end if;
  return v_watched;
end
$function$;

comment on function console.claim_snapshots(integer, timestamptz) is 'Clusters to look at now, each for three minutes.';
comment on function console.record_snapshot(text, uuid, timestamptz, timestamptz, jsonb, jsonb, jsonb) is
  'Keeps what was seen of a cluster; false: the turn has gone to another program.';
comment on function console.request_snapshot(text) is 'Has a cluster looked at as soon as a program is free; watched, or why nobody looks: inactive, missing, nobody.';
comment on function console.cluster_watched(text) is 'Whether anybody looks at a cluster: watched, inactive, missing, nobody.';

insert into console.functions (name, groups) values
('claim_snapshots', '{receiver}'),
('record_snapshot', '{receiver}'),
('cluster_watched', '{support,finance,admin,auditor,receiver,collector}'),
('request_snapshot', '{support,finance,admin,auditor}');

insert into console.readable (relation, groups) values
('cluster_watch', '{support,finance,admin,auditor,receiver,collector}'),
('cluster_snapshots', '{support,finance,admin,auditor,receiver,collector}'),
('cluster_nodes', '{support,finance,admin,auditor,receiver,collector}'),
('cluster_namespaces', '{support,finance,admin,auditor,receiver,collector}');

select console.renew_grants();
