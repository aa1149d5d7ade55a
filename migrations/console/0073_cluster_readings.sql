-- What a cluster's own systems know and we only have on record: who has a user in its Hopsworks, which projects there
-- are and how much they may hold, and what its OpenCost says that namespaces cost. It is read less often than a
-- snapshot is taken (0070), under the same turn, and kept as it was read last: a reading that fails leaves what is
-- known, with its age and the reason.

create table console.cluster_readings (
  cluster_id text not null,
  kind text not null,
  tried_at timestamptz not null,
  read_at timestamptz,
  code text,
  failure text,
  unread integer,
  covers_from timestamptz,
  covers_until timestamptz,
  cost_total numeric,
  cost_idle numeric,

  constraint cluster_readings_pkey primary key (cluster_id, kind),
  constraint cluster_readings_kind_check check (kind in ('users', 'projects', 'costs')),
  constraint cluster_readings_outcome_check check (code is not null or read_at = tried_at)
);

comment on table console.cluster_readings is 'When each kind of thing was read from a cluster, and why not lately.';
comment on column console.cluster_readings.read_at is 'As of when what is on record is. Null: it was never read.';
comment on column console.cluster_readings.code is 'Why the last try brought nothing; null where it did.';
comment on column console.cluster_readings.unread is 'Of the last reading: how many could not be read, and are not on record.';
comment on column console.cluster_readings.covers_from is 'Of costs: the days and hours they are of, until covers_until, which is not among them.';
comment on column console.cluster_readings.cost_total is 'Of costs: all of the cluster''s in that time by OpenCost, idle included, in the currency that it reckons in.';
comment on column console.cluster_readings.cost_idle is 'Of which nobody asked for or used. Null: OpenCost does not say.';

create table console.hopsworks_users (
  cluster_id text not null,
  number bigint not null,
  email text not null,
  username text not null,
  status smallint not null,
  project_limit bigint,
  projects bigint,
  of_service boolean not null,

  constraint hopsworks_users_pkey primary key (cluster_id, number)
);

comment on table console.hopsworks_users is 'Users of each cluster''s Hopsworks as it listed them last.';
comment on column console.hopsworks_users.number is 'By which Hopsworks addresses them; another one on every cluster.';
comment on column console.hopsworks_users.status is '0 new, 1 verified, 2 active, 3 deactivated, 4 blocked, 5 lost mobile, 6 spam, 7 temporary password.';
comment on column console.hopsworks_users.project_limit is 'Projects that may be created, below 0 without a limit. projects: that there are.';
comment on column console.hopsworks_users.of_service is 'An administrator''s or a program''s: nobody pays for its seat.';

create table console.hopsworks_projects (
  cluster_id text not null,
  project_id bigint not null,
  name text not null,
  namespace text,
  creator text,
  created_at timestamptz,
  files_used bigint,
  files_quota bigint,
  warehouse_used bigint,
  warehouse_quota bigint,
  features_used bigint,
  features_quota bigint,
  compute_used bigint,
  compute_quota bigint,
  topics_used bigint,
  topics_quota bigint,

  constraint hopsworks_projects_pkey primary key (cluster_id, project_id)
);

create index hopsworks_projects_namespace_idx on console.hopsworks_projects (cluster_id, namespace);

comment on table console.hopsworks_projects is 'Projects of each cluster''s Hopsworks as it listed them last. Null: it does not say.';
comment on column console.hopsworks_projects.namespace is 'As Hopsworks says it; older versions do not.';
comment on column console.hopsworks_projects.creator is 'The e-mail address, or the login, of whoever made it.';
comment on column console.hopsworks_projects.files_used is 'Bytes in HopsFS; warehouse_… in Hive, features_… in the feature store. A quota below 0 is none.';
comment on column console.hopsworks_projects.compute_used is 'Seconds of processors that were used of the quota of jobs.';
comment on column console.hopsworks_projects.topics_used is 'Topics of Kafka.';

create table console.namespace_costs (
  cluster_id text not null,
  namespace text not null,
  cost numeric,
  cpu_hours numeric,
  gpu_hours numeric,
  memory_gib_hours numeric,

  constraint namespace_costs_pkey primary key (cluster_id, namespace)
);

comment on table console.namespace_costs is
  'What each namespace cost by the cluster''s OpenCost, of the time that its last reading covers. Null: OpenCost did not say, or less than nothing.';

alter table console.cluster_readings enable row level security;
alter table console.hopsworks_users enable row level security;
alter table console.hopsworks_projects enable row level security;
alter table console.namespace_costs enable row level security;

create function console.forget_readings(p_cluster_id text) returns void
language plpgsql
set search_path = ''
as $function$
begin
  delete from console.hopsworks_users as h where h.cluster_id = p_cluster_id;
  delete from console.hopsworks_projects as h where h.cluster_id = p_cluster_id;
  delete from console.namespace_costs as c where c.cluster_id = p_cluster_id;
  delete from console.cluster_findings as f where f.cluster_id = p_cluster_id;
  delete from console.cluster_readings as r where r.cluster_id = p_cluster_id;
end
$function$;

comment on function console.forget_readings(text) is 'Internal: of a cluster that is off record, nothing of this is kept.';

-- Keeps what was read, or why it was not. Only what has changed is written: most of it never does. False: the turn has
-- gone to another program.
create function console.record_reading(
  p_cluster_id text, p_lease uuid, p_now timestamptz, p_kind text, p_reading jsonb, p_rows jsonb
) returns boolean
language plpgsql
security definer
set search_path = ''
as $function$
declare
  v_reading console.cluster_readings;
begin
  if not coalesce(pg_catalog.isfinite(p_now), false) or p_kind is null or p_kind not in ('users', 'projects', 'costs')
    or pg_catalog.jsonb_typeof(p_reading) is distinct from 'object'
    or (p_rows is null) <> (p_reading ->> 'code' is not null)
    or pg_catalog.jsonb_typeof(p_rows) <> 'array'
  then
    perform console.refuse('HD005', 'Say what was read, when, or why it was not.', '{"argument": "reading"}');
  end if;
  update console.cluster_watch as w set read_at = p_now where w.cluster_id = p_cluster_id and w.lease = p_lease;
  if not found then
    return false;
  end if;
  if p_rows is null then
    insert into console.cluster_readings as r (cluster_id, kind, tried_at, code, failure)
    values (p_cluster_id, p_kind, p_now, p_reading ->> 'code', p_reading ->> 'failure')
    on conflict (cluster_id, kind) do update set tried_at = excluded.tried_at, code = excluded.code, failure = excluded.failure;
    return true;
  end if;
  v_reading := pg_catalog.jsonb_populate_record(null::console.cluster_readings, p_reading);
  insert into console.cluster_readings as r (
    cluster_id, kind, tried_at, read_at, unread, covers_from, covers_until, cost_total, cost_idle
  ) values (
    p_cluster_id, p_kind, p_now, p_now, v_reading.unread, v_reading.covers_from, v_reading.covers_until, v_reading.cost_total,
    v_reading.cost_idle
  )
  on conflict (cluster_id, kind) do update set
    tried_at = excluded.tried_at, read_at = excluded.read_at, code = null, failure = null, unread = excluded.unread,
    covers_from = excluded.covers_from, covers_until = excluded.covers_until, cost_total = excluded.cost_total,
    cost_idle = excluded.cost_idle;
  if p_kind = 'users' then
    with listed as materialized (
      select distinct on (r.number) r.* from pg_catalog.jsonb_array_elements(p_rows) as e (one)
      cross join lateral pg_catalog.jsonb_populate_record(
        null::console.hopsworks_users, e.one || pg_catalog.jsonb_build_object('cluster_id', p_cluster_id)
      ) as r
      order by r.number
    ),
    gone as (
      delete from console.hopsworks_users as h
      where h.cluster_id = p_cluster_id and not exists (select from listed as l where l.number = h.number)
    )
    insert into console.hopsworks_users as h select l.* from listed as l
    on conflict (cluster_id, number) do update set
      email = excluded.email, username = excluded.username, status = excluded.status, project_limit = excluded.project_limit,
      projects = excluded.projects, of_service = excluded.of_service
    where h is distinct from excluded;
  elsif p_kind = 'projects' then
    with listed as materialized (
      select distinct on (r.project_id) r.* from pg_catalog.jsonb_array_elements(p_rows) as e (one)
      cross join lateral pg_catalog.jsonb_populate_record(
        null::console.hopsworks_projects, e.one || pg_catalog.jsonb_build_object('cluster_id', p_cluster_id)
      ) as r
      order by r.project_id
    ),
    gone as (
      delete from console.hopsworks_projects as h
      where h.cluster_id = p_cluster_id and not exists (select from listed as l where l.project_id = h.project_id)
    )
    insert into console.hopsworks_projects as h select l.* from listed as l
    on conflict (cluster_id, project_id) do update set
      name = excluded.name, namespace = excluded.namespace, creator = excluded.creator, created_at = excluded.created_at,
      files_used = excluded.files_used, files_quota = excluded.files_quota, warehouse_used = excluded.warehouse_used,
      warehouse_quota = excluded.warehouse_quota, features_used = excluded.features_used, features_quota = excluded.features_quota,
      compute_used = excluded.compute_used, compute_quota = excluded.compute_quota, topics_used = excluded.topics_used,
      topics_quota = excluded.topics_quota
    where h is distinct from excluded;
  else
    with listed as materialized (
      select distinct on (r.namespace) r.* from pg_catalog.jsonb_array_elements(p_rows) as e (one)
      cross join lateral pg_catalog.jsonb_populate_record(
        null::console.namespace_costs, e.one || pg_catalog.jsonb_build_object('cluster_id', p_cluster_id)
      ) as r
      order by r.namespace
    ),
    gone as (
      delete from console.namespace_costs as c
      where c.cluster_id = p_cluster_id and not exists (select from listed as l where l.namespace = c.namespace)
    )
    insert into console.namespace_costs as c select l.* from listed as l
    on conflict (cluster_id, namespace) do update set
      cost = excluded.cost, cpu_hours = excluded.cpu_hours, gpu_hours = excluded.gpu_hours, memory_gib_hours = excluded.memory_gib_hours
    where c is distinct from excluded;
  end if;
  if p_kind in ('users', 'projects') then
    perform console.note_findings(p_cluster_id, p_now, array[p_kind]);
  end if;
  return true;
end
$function$;

comment on function console.record_reading(text, uuid, timestamptz, text, jsonb, jsonb) is
  'Keeps what a cluster was asked for less often (users, projects, costs), or why nothing came; false: the turn has gone to another program.';

insert into console.functions (name, groups) values ('record_reading', '{receiver}');

insert into console.readable (relation, groups) values
('cluster_readings', '{support,finance,admin,auditor,receiver,collector}'),
('hopsworks_users', '{support,finance,admin,auditor}'),
('hopsworks_projects', '{support,finance,admin,auditor}'),
('namespace_costs', '{support,finance,admin,auditor}');

select console.renew_grants();
