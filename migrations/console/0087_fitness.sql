-- Events that are stored and cannot be applied: the service's tables have changed since Hopsdesk was attached, the views
-- are released, no registration can become a user. Senders go on being answered with 200, so nobody outside notices: it
-- is an alert once it has lasted for five minutes, longer than a migration of the service's, or a rollout, takes.
--
-- Functions    note_fitness(now, problem)

create table console.fitness (
  singleton boolean not null primary key default true,
  looked_at timestamptz not null,
  problem text,
  since timestamptz,

  constraint fitness_singleton_check check (singleton),
  constraint fitness_since_check check ((problem is null) = (since is null))
);

comment on table console.fitness is 'Whether what is stored can be applied, as the headless program found it last.';
comment on column console.fitness.problem is 'What is wrong, as a sentence; null: nothing. No data of customers.';

alter table console.fitness enable row level security;

-- What a program found: what keeps stored events from being applied; no problem: nothing does.
create function console.note_fitness(p_now timestamptz, p_problem text) returns void
language plpgsql
security definer
set search_path = ''
as $function$
begin
  if not coalesce(pg_catalog.isfinite(p_now), false) then
    perform console.refuse('HD005', 'Say what time it is.', '{"argument": "now"}');
  end if;
  insert into console.fitness as f (looked_at, problem, since)
  values (p_now, pg_catalog.left(p_problem, 1000), case when p_problem is not null then p_now end)
  on conflict (singleton) do update set
    looked_at = greatest(f.looked_at, excluded.looked_at), problem = excluded.problem,
    since = case when excluded.problem is not null then coalesce(f.since, excluded.since) end;
end
$function$;

comment on function console.note_fitness(timestamptz, text) is
  'What keeps stored events from being applied, as a program found it; no problem: nothing does.';

alter table console.alerts drop constraint alerts_kind_check;
alter table console.alerts add constraint alerts_kind_check check (kind in (
  'provider_quiet', 'never_arrived', 'events_dead', 'events_conflict', 'effects_dead', 'inbox_backlog', 'outbox_backlog',
  'read_back_failing', 'read_back_behind', 'schedule_stopped', 'trail_broken', 'delivery_failing', 'no_seat', 'cannot_apply'
));

create or replace function console.alert_conditions(p_now timestamptz) returns table (
  kind text, subject text, severity text, since timestamptz, facts jsonb
)
language sql
stable
set search_path = ''
as $function$
  select m.* from console.machinery_conditions(p_now) as m
  union all
  select s.* from console.seat_conditions(p_now) as s
  union all
  -- What nobody has looked at for a while is not known to be so any more.
  select 'cannot_apply', 'service', 'bad', f.since, pg_catalog.jsonb_build_object('problem', f.problem)
  from console.fitness as f
  where f.since < p_now - interval '5 minutes' and f.looked_at >= p_now - interval '10 minutes';
$function$;

insert into console.functions (name, groups) values ('note_fitness', '{receiver}');

select console.renew_grants();
