-- What is wrong on a cluster, found by comparing what it says (0070, 0073) with what is on record. Looked for whenever
-- something was read, and kept with the moment since when it is so; screens and sums read what was found. Only what is
-- known now is a finding: of a cluster that no longer answers, open_findings says nothing, and its screen since when.

create table console.cluster_findings (
  cluster_id text not null,
  kind text not null,
  subject text not null,
  basis text not null,
  severity text not null,
  since timestamptz not null,
  facts jsonb not null,

  constraint cluster_findings_pkey primary key (cluster_id, kind, subject),
  constraint cluster_findings_basis_check check (basis in ('snapshot', 'users', 'projects')),
  constraint cluster_findings_severity_check check (severity in ('bad', 'warn'))
);

create index cluster_findings_subject_idx on console.cluster_findings (subject);

-- The latest of a kind are shown, however many there are.
create index cluster_findings_since_idx on console.cluster_findings (cluster_id, kind, since desc, subject);

comment on table console.cluster_findings is 'What is wrong on each cluster, as it was found last.';
comment on column console.cluster_findings.subject is 'Whom or what it is about: a user''s id, a number in Hopsworks, a node, a certificate, a project.';
comment on column console.cluster_findings.basis is 'What it follows from: the last snapshot, or a reading of that kind.';
comment on column console.cluster_findings.since is 'When it was first found; where the cluster tells since when it is so, that is among the facts.';

alter table console.cluster_findings enable row level security;

-- Of the last snapshot that told what the cluster carries. Certificates from thirty days before their end; nodes that
-- have not been ready for ten minutes, and those that have taken nothing new for a day: both happen for a while when
-- machines are renewed.
create function console.findings_of_snapshot(p_cluster_id text, p_now timestamptz)
returns table (kind text, subject text, severity text, facts jsonb)
language sql
stable
set search_path = ''
as $function$
  with known as (
    select s.server_certificate_until, s.client_certificate_until from console.cluster_snapshots as s
    where s.cluster_id = p_cluster_id and s.nodes is not null order by s.taken_at desc limit 1
  ),
  -- Its Hopsworks answers by itself, whether or not anything is known of its Kubernetes.
  last as (
    select s.hopsworks_certificate_until from console.cluster_snapshots as s
    where s.cluster_id = p_cluster_id and s.hopsworks_ms is not null order by s.taken_at desc limit 1
  )
  select
    'certificate_ending', c.subject, case when c.until < p_now + interval '7 days' then 'bad' else 'warn' end,
    pg_catalog.jsonb_build_object('until', c.until)
  from (
    select 'server' as subject, k.server_certificate_until as until from known as k
    union all
    select 'client', k.client_certificate_until from known as k
    union all
    select 'hopsworks', l.hopsworks_certificate_until from last as l
  ) as c
  where c.until < p_now + interval '30 days'
  union all
  select
    'node_not_ready', n.name, 'bad', pg_catalog.jsonb_build_object('since', n.not_ready_since, 'reason', n.reason, 'lost', n.is_ready is null)
  from console.cluster_nodes as n
  where n.cluster_id = p_cluster_id and n.not_ready_since < p_now - interval '10 minutes'
  union all
  select 'node_cordoned', n.name, 'warn', pg_catalog.jsonb_build_object('since', n.cordoned_since)
  from console.cluster_nodes as n
  where n.cluster_id = p_cluster_id and n.cordoned_since < p_now - interval '1 day' and n.not_ready_since is null;
$function$;

create function console.seats_are_kept() returns boolean
language sql
stable
set search_path = ''
as $function$
  select not exists (
    select from console.attached_columns as c
    where c.view_name = 'cluster_assignments' and c.column_name = 'cluster_id' and c.source is null
  );
$function$;

comment on function console.seats_are_kept() is 'Internal: whether the service records who has a seat on which cluster.';

-- Seats and the users of the cluster's Hopsworks, told by the address, as everywhere (0030). People change theirs: where
-- nobody there has a seat's address, whoever is there under its number and login is who has it, unless that is somebody
-- else on record, whose number this seat then holds by mistake. A seat that was given a moment ago is none that the list
-- could have known.
create function console.findings_of_users(p_cluster_id text)
returns table (kind text, subject text, severity text, facts jsonb)
language plpgsql
stable
set search_path = ''
as $function$
declare
  v_read_at timestamptz;
  v_unread boolean;
  v_number boolean := console.can_write('write_cluster_assignments', 'hopsworks_user_id');
  v_username boolean := console.can_write('write_cluster_assignments', 'hopsworks_username');
begin
  -- Where the service keeps no seats, everybody would be a stranger.
  if not console.seats_are_kept() then
    return;
  end if;
  select r.read_at, r.unread > 0 into v_read_at, v_unread
  from console.cluster_readings as r where r.cluster_id = p_cluster_id and r.kind = 'users';
  return query
  with there as materialized (
    select h.number, h.username, h.status, h.of_service, pg_catalog.lower(pg_catalog.btrim(h.email)) as address
    from console.hopsworks_users as h where h.cluster_id = p_cluster_id
  ),
  seats as materialized (
    select distinct on (a.user_id)
      a.user_id, a.assigned_at, coalesce(u.status, 'active') as status, pg_catalog.lower(pg_catalog.btrim(u.email)) as address,
      coalesce(a.hopsworks_user_id, u.hopsworks_user_id) as number, coalesce(a.hopsworks_username, u.hopsworks_username) as username
    from console.cluster_assignments as a
    join console.users as u on u.id = a.user_id
    where a.cluster_id = p_cluster_id
    order by a.user_id, a.assigned_at desc nulls last, a.id
  ),
  -- Each way has its join: together they would be a product of both lists.
  candidates as (
    select s.user_id, t.number, t.username, true as by_number
    from seats as s join there as t on t.number = s.number and t.username = s.username and s.username <> ''
    where
      not exists (select from there as o where o.address = s.address)
      and not exists (
        -- As below.
        select from console.users as v
        where
          pg_catalog.lower(v.email) in (t.address, ' ' || t.address, t.address || ' ', ' ' || t.address || ' ')
          and v.id <> s.user_id and v.status is distinct from 'deleted'
      )
    union all
    select s.user_id, t.number, t.username, false from seats as s join there as t on t.address = s.address
  ),
  -- The same address may be written in two ways there; the number on record decides.
  met as materialized (
    select distinct on (s.user_id)
      s.user_id, s.status, s.assigned_at, s.number as recorded, s.username as login, c.number, c.username
    from seats as s
    left join candidates as c on c.user_id = s.user_id
    order by s.user_id, c.by_number desc nulls last, (c.number = s.number) desc nulls last, c.number
  ),
  shared as (
    select s.number from seats as s where s.number is not null group by s.number having pg_catalog.count(*) > 1
  )
  select
    'no_hopsworks_user'::text, m.user_id, 'bad'::text,
    pg_catalog.jsonb_build_object('number', m.recorded, 'username', m.login)
  from met as m
  where
    -- Whoever could not be read may be this one.
    m.number is null and v_unread is not true and m.status = 'active' and coalesce(m.assigned_at < v_read_at - interval '10 minutes', true)
  union all
  select
    'ids_differ', m.user_id, 'warn', pg_catalog.jsonb_build_object(
      'number', m.recorded, 'username', m.login, 'number_there', m.number, 'username_there', m.username
    )
  from met as m
  where
    m.number is not null and coalesce(m.assigned_at < v_read_at - interval '10 minutes', true)
    and (v_number and m.recorded is distinct from m.number or v_username and m.username <> '' and m.login is distinct from m.username)
  union all
  select 'number_shared', s.user_id, 'warn', pg_catalog.jsonb_build_object('number', s.number, 'username', s.username)
  from shared as d
  join seats as s on s.number = d.number
  union all
  select
    case when u.id is null then 'stranger' else 'left_behind' end,
    coalesce(u.id, t.number::text), 'warn',
    pg_catalog.jsonb_build_object('number', t.number, 'username', t.username, 'cluster_id', (
      select a.cluster_id from console.cluster_assignments as a
      where a.user_id = u.id order by a.assigned_at desc nulls last, a.id limit 1
    ))
  from there as t
  left join lateral (
    -- A blank before or after an address is no part of it, and would keep an index from being used.
    select v.id, v.status from console.users as v
    where pg_catalog.lower(v.email) in (t.address, ' ' || t.address, t.address || ' ', ' ' || t.address || ' ')
    order by v.status is distinct from 'deleted' desc, v.id limit 1
  ) as u on true
  where
    -- Who may not work there holds nothing up.
    t.status not in (3, 4, 6) and not t.of_service
    and not exists (select from seats as s where s.address = t.address)
    and not exists (select from met as m where m.number = t.number);
end
$function$;

-- Projects on record that are still in use, and what Hopsworks calls by their namespace. Versions that do not say the
-- namespace make it of the name.
create function console.findings_of_projects(p_cluster_id text)
returns table (kind text, subject text, severity text, facts jsonb)
language plpgsql
stable
set search_path = ''
as $function$
declare
  v_by_seat boolean := exists (
    select from console.attached_columns as c
    where c.view_name = 'user_projects' and c.column_name = 'cluster_id' and c.source is null
  );
  v_read_at timestamptz;
  v_unread boolean;
begin
  select r.read_at, r.unread > 0 into v_read_at, v_unread from console.cluster_readings as r where r.cluster_id = p_cluster_id and r.kind = 'projects';
  return query
  with there as materialized (
    select distinct on (t.namespace) t.namespace, t.project_id, t.name
    from (
      select
        coalesce(h.namespace, pg_catalog.replace(pg_catalog.lower(h.name), '_', '-')) as namespace, h.project_id, h.name
      from console.hopsworks_projects as h where h.cluster_id = p_cluster_id
    ) as t
    order by t.namespace, t.project_id desc
  ),
  here as materialized (
    select
      coalesce(p.id, pg_catalog.concat(p.user_id, ' ', p.project_id)) as key, p.project_id, p.project_name,
      coalesce(p.namespace, pg_catalog.replace(pg_catalog.lower(p.project_name), '_', '-')) as namespace, p.user_id
    from console.user_projects as p
    where
      coalesce(p.status, 'active') = 'active' and coalesce(p.created_at < v_read_at, true)
      and case
        -- Where no project says its cluster, whoever has moved has some on the cluster before: only what was made since
        -- is known to be here.
        when v_by_seat then exists (
          select from console.cluster_assignments as a
          where
            a.user_id = p.user_id and a.cluster_id = p_cluster_id
            -- Where it is not said when: theirs is the only seat that they have.
            and coalesce(a.assigned_at <= p.created_at, not exists (
              select from console.cluster_assignments as o where o.user_id = a.user_id and o.cluster_id is distinct from a.cluster_id
            ))
        )
        else p.cluster_id = p_cluster_id
      end
  )
  select
    case when t.project_id is null then 'project_gone' else 'project_id_differs' end, h.key, 'warn'::text,
    pg_catalog.jsonb_build_object(
      'user_id', h.user_id, 'name', h.project_name, 'namespace', h.namespace, 'project_id', h.project_id,
      'project_id_there', t.project_id, 'name_there', t.name
    )
  from here as h
  left join there as t on t.namespace = h.namespace
  -- Whichever could not be read may be this one.
  where h.namespace is not null and h.project_id is distinct from t.project_id and (t.project_id is not null or v_unread is not true);
end
$function$;

comment on function console.findings_of_snapshot(text, timestamptz) is 'Internal: what is wrong by the last snapshot of a cluster.';
comment on function console.findings_of_users(text) is 'Internal: where seats and the users of a cluster''s Hopsworks do not agree.';
comment on function console.findings_of_projects(text) is 'Internal: where projects on record and those of a cluster''s Hopsworks do not agree.';

-- Looks again, by what is on record now, for what follows from these (snapshot, users, projects). What stays keeps the
-- moment since when it is so.
create function console.note_findings(p_cluster_id text, p_now timestamptz, p_bases text[]) returns void
language plpgsql
set search_path = ''
as $function$
begin
  -- Two of a list may stand for the same: one address written in two ways.
  with found as materialized (
    select distinct on (f.kind, f.subject) f.* from (
    select 'snapshot' as basis, f.* from console.findings_of_snapshot(p_cluster_id, p_now) as f where 'snapshot' = any (p_bases)
    union all
    select 'users', f.* from console.findings_of_users(p_cluster_id) as f where 'users' = any (p_bases)
    union all
    select 'projects', f.* from console.findings_of_projects(p_cluster_id) as f where 'projects' = any (p_bases)
    ) as f
    order by f.kind, f.subject, f.facts
  ),
  gone as (
    delete from console.cluster_findings as c
    where
      c.cluster_id = p_cluster_id and c.basis = any (p_bases)
      and not exists (select from found as f where f.kind = c.kind and f.subject = c.subject)
  )
  insert into console.cluster_findings as c (cluster_id, kind, subject, basis, severity, since, facts)
  select p_cluster_id, f.kind, f.subject, f.basis, f.severity, p_now, f.facts from found as f
  on conflict (cluster_id, kind, subject) do update set severity = excluded.severity, facts = excluded.facts
  where (c.severity, c.facts) is distinct from (excluded.severity, excluded.facts);
end
$function$;

comment on function console.note_findings(text, timestamptz, text[]) is 'Internal: looks again for what is wrong on a cluster.';

-- What is known to be wrong now: three rounds without an answer, and it is not known any more.
create view console.open_findings as
select f.cluster_id, f.kind, f.subject, f.basis, f.severity, f.since, f.facts
from console.cluster_findings as f
where
  case
    when f.basis = 'snapshot' then exists (
      select from console.cluster_snapshots as s
      where
        s.cluster_id = f.cluster_id and s.taken_at > pg_catalog.statement_timestamp() - interval '16 minutes'
        and case
          when f.kind = 'certificate_ending' and f.subject = 'hopsworks' then s.hopsworks_ms is not null
          else s.nodes is not null
        end
    )
    else exists (
      select from console.cluster_readings as r
      where r.cluster_id = f.cluster_id and r.kind = f.basis and r.read_at > pg_catalog.statement_timestamp() - interval '50 minutes'
    )
  end;

comment on view console.open_findings is 'Findings of clusters that still answer.';

-- Hopsworks has made a user, or found one, and the seat knows the number (0020): so does what was read of the cluster,
-- until it is read again.
create function console.note_hopsworks_user(p_cluster_id text, p_user_id text, p_number bigint, p_username text) returns void
language plpgsql
set search_path = ''
as $function$
begin
  insert into console.hopsworks_users as h (cluster_id, number, email, username, status, of_service)
  select p_cluster_id, p_number, u.email, coalesce(p_username, ''), 2, false from console.users as u
  where u.id = p_user_id and u.email is not null
  on conflict (cluster_id, number) do nothing;
  delete from console.cluster_findings as f
  where f.cluster_id = p_cluster_id and f.subject = p_user_id and f.kind in ('no_hopsworks_user', 'ids_differ');
end
$function$;

comment on function console.note_hopsworks_user(text, text, bigint, text) is 'Internal: a user of a cluster''s Hopsworks that an effect has just met.';

-- Somebody's seat was given, moved or taken: what was found about them before is no longer so.
create function console.forget_findings_about(p_user_id text) returns void
language sql
set search_path = ''
as $function$
  delete from console.cluster_findings as f where f.subject = p_user_id and f.basis = 'users';
$function$;

comment on function console.forget_findings_about(text) is 'Internal: whoever changes a seat says that findings about it are of yesterday.';

insert into console.readable (relation, groups) values
('cluster_findings', '{support,finance,admin,auditor,receiver,collector}'),
('open_findings', '{support,finance,admin,auditor,receiver,collector}');

select console.renew_grants();
