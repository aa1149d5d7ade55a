-- When each cluster runs out of what, as it was worked out when it was looked at last: a list of clusters, and the page
-- that says what needs attention, are not to go through ninety days of every cluster. What is worked out is the program's
-- business (Sen's slope, its range, and when there is none); here it is kept, with the moment it is of.

create table console.cluster_forecasts (
  cluster_id text not null,
  limited text not null,
  outlook text not null,
  day date,
  earliest date,
  latest date,
  days integer,
  basis_from date,
  basis_to date,
  made_at timestamptz not null,

  constraint cluster_forecasts_pkey primary key (cluster_id, limited),
  constraint cluster_forecasts_limited_check check (limited in ('seats', 'cpu', 'memory', 'gpu', 'node_disk')),
  constraint cluster_forecasts_outlook_check check (outlook in (
    'unknown', 'stale', 'none', 'full', 'too_short', 'not_growing', 'far', 'runs_out'
  )),
  constraint cluster_forecasts_day_check check ((outlook = 'runs_out') = (day is not null and earliest is not null)),
  constraint cluster_forecasts_range_check check (earliest <= day and (latest is null or day <= latest)),
  constraint cluster_forecasts_basis_check check (
    outlook not in ('not_growing', 'far', 'runs_out') or (days is not null and basis_from is not null and basis_to is not null)
  )
);

comment on table console.cluster_forecasts is 'When each cluster runs out of what, as of its last snapshot.';
comment on column console.cluster_forecasts.limited is 'seats (by the service''s limit), cpu, memory, gpu or node_disk (requested, of what is allocatable).';
comment on column console.cluster_forecasts.outlook is
  'runs_out: on day, between earliest and latest (null: perhaps never). full: it has. too_short: so many days say nothing yet. stale: not seen since basis_to. none: there is none of it.';
comment on column console.cluster_forecasts.days is 'So many days it stands on, from basis_from to basis_to.';

alter table console.cluster_forecasts enable row level security;

-- Keeps what was worked out of a cluster at a moment, unless a later one is there already.
create function console.record_forecasts(p_cluster_id text, p_now timestamptz, p_forecasts jsonb) returns bigint
language plpgsql
security definer
set search_path = ''
as $function$
declare
  v_kept bigint;
begin
  if not coalesce(pg_catalog.isfinite(p_now), false) or pg_catalog.jsonb_typeof(p_forecasts) is distinct from 'array' then
    perform console.refuse('HD005', 'Say what was worked out, and when.', '{"argument": "forecasts"}');
  end if;
  if not exists (select from console.clusters as k where k.id = p_cluster_id) then
    return 0;
  end if;
  insert into console.cluster_forecasts as f (
    cluster_id, limited, outlook, day, earliest, latest, days, basis_from, basis_to, made_at
  )
  select p_cluster_id, r.limited, r.outlook, r.day, r.earliest, r.latest, r.days, r.basis_from, r.basis_to, p_now
  from pg_catalog.jsonb_to_recordset(p_forecasts) as r (
    limited text, outlook text, day date, earliest date, latest date, days integer, basis_from date, basis_to date
  )
  order by r.limited
  on conflict (cluster_id, limited) do update set
    outlook = excluded.outlook, day = excluded.day, earliest = excluded.earliest, latest = excluded.latest, days = excluded.days,
    basis_from = excluded.basis_from, basis_to = excluded.basis_to, made_at = excluded.made_at
  where f.made_at <= excluded.made_at;
  get diagnostics v_kept = row_count;
  return v_kept;
end
$function$;

comment on function console.record_forecasts(text, timestamptz, jsonb) is
  'Keeps when a cluster runs out of what, as worked out at that moment; answers how many were kept.';

insert into console.functions (name, groups) values ('record_forecasts', '{receiver}');

insert into console.readable (relation, groups) values ('cluster_forecasts', '{support,finance,admin,auditor,receiver,collector}');

select console.renew_grants();
