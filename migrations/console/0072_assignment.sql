-- Seats that are given by themselves: to whoever registers or pays first, on the least filled cluster with room; members
-- where their owner is. A seat is asked for in the transaction that has somebody register or pay (request_seat), and given
-- in one of its own (place_waiting): whoever gives seats locks all clusters, and an event must not wait for that.
--
-- Whoever finds no seat waits in line. Each look at the line is a look at the clusters as they are: a limit that was
-- raised, or a seat that somebody left, goes to the first who can have it. In shadow the choice is made, kept beside what
-- the service's own programs did, and not written: for those who asked in shadow. Whoever asked while seats were given goes
-- on waiting for one, however often assignment is switched.

create table console.assignment_rules (
  singleton boolean not null primary key default true,
  due_on text not null default 'registration',
  set_by text not null default session_user,
  set_at timestamptz not null default clock_timestamp(),

  constraint assignment_rules_singleton_check check (singleton),
  constraint assignment_rules_due_on_check check (due_on in ('registration', 'payment'))
);

insert into console.assignment_rules default values;

comment on table console.assignment_rules is 'When a seat is due: with the registration, or not before the first payment of the account.';

create table console.seat_requests (
  user_id text not null primary key,
  cause text not null,
  requested_at timestamptz not null default clock_timestamp(),
  place bigint not null generated always as identity,
  mode text not null default 'live',
  due_at timestamptz,
  state text not null default 'waiting',
  why text,
  cluster_id text,
  choice jsonb,
  looked_at timestamptz,
  next_at timestamptz,
  ended_at timestamptz,
  audit_id bigint references console.audit (id),

  constraint seat_requests_cause_check check (cause in ('registration', 'sign_in', 'team', 'payment', 'staff')),
  constraint seat_requests_mode_check check (mode in ('live', 'shadow')),
  constraint seat_requests_state_check check (state in ('waiting', 'placed', 'shadow', 'withdrawn')),
  constraint seat_requests_ended_check check ((state = 'waiting') = (ended_at is null)),
  constraint seat_requests_placed_check check ((state = 'placed') = (audit_id is not null))
);

create index seat_requests_line_idx on console.seat_requests (due_at, place) where state = 'waiting' and due_at is not null;
create index seat_requests_new_idx on console.seat_requests (due_at, place)
where state = 'waiting' and due_at is not null and why is null;
create index seat_requests_shadow_idx on console.seat_requests (ended_at) where state = 'shadow';

comment on table console.seat_requests is 'Who is to have a seat without anybody placing them, and what came of it.';
comment on column console.seat_requests.mode is 'live: is to have a seat. shadow: another program gives it, and it is worked out which one it would be.';
comment on column console.seat_requests.due_at is 'Since when it is due: their place in the line. Null: not before the account pays.';
comment on column console.seat_requests.state is
  'waiting: in line. placed: has the seat. shadow: would have had the one of cluster_id, or none. withdrawn: had one already, is deleted, or staff took theirs away or took them out of the line.';
comment on column console.seat_requests.why is
  'waiting: suspended, blocked, owner_suspended, owner_no_seat, owner_no_room, in_shadow, no_payment, invited, no_room, refused. placed: least_filled, owners_cluster. withdrawn: has_seat, deleted, taken_away, taken_out.';
comment on column console.seat_requests.cluster_id is 'The cluster chosen; of whoever waits: the one their owner is on.';
comment on column console.seat_requests.choice is 'Every cluster as it was when it was chosen, and why it was or was not. See seat_choice.';

-- What is counted is counted for all who wait, when something may have changed: clusters and switches look different,
-- somebody is new in line, or a few seconds have passed, since a seat may be left without a word.
create table console.seat_looks (
  singleton boolean not null primary key default true,
  looked_at timestamptz not null default clock_timestamp(),
  counted_at timestamptz not null default '-infinity',
  signature text not null default '',
  more boolean not null default false,
  told_due_at timestamptz not null default '-infinity',
  told_place bigint not null default 0,

  constraint seat_looks_singleton_check check (singleton)
);

insert into console.seat_looks default values;

comment on table console.seat_looks is 'The last look at the line: when, at what, and how far it was told why it waits.';

alter table console.seat_looks enable row level security;
alter table console.assignment_rules enable row level security;
alter table console.seat_requests enable row level security;

-- The strongest mode that assignment has anywhere: with one cluster live, seats are given on that one.
create function console.assignment_mode() returns text
language plpgsql
stable
set search_path = ''
as $function$
begin
  return (
    select case
      when pg_catalog.bool_or(m.mode = 'live') then 'live'
      when pg_catalog.bool_or(m.mode = 'shadow') then 'shadow'
      else 'off' end
    from (
      select console.effect_mode('assignment', null) as mode
      where not exists (select from console.clusters)
      union all
      select console.effect_mode('assignment', k.id) from console.clusters as k
    ) as m
  );
end
$function$;

comment on function console.assignment_mode() is 'Internal: off, shadow or live; what is said of one cluster counts for all.';

-- Seats that are taken, by cluster: {"id": people}. In shadow also those that were chosen lately for people whom the
-- other program has not placed yet.
create function console.seats_counted(p_mode text) returns jsonb
language plpgsql
stable
set search_path = ''
as $function$
begin
  return (
    select coalesce(pg_catalog.jsonb_object_agg(c.cluster_id, c.people), '{}')
    from (
      select s.cluster_id, pg_catalog.count(*) as people
      from (
        select a.cluster_id, a.user_id from console.cluster_assignments as a
        where a.cluster_id is not null and a.user_id is not null
        union
        select r.cluster_id, r.user_id from console.seat_requests as r
        where
          p_mode = 'shadow' and r.state = 'shadow' and r.cluster_id is not null
          and r.ended_at > pg_catalog.statement_timestamp() - interval '1 day'
          and not exists (select from console.cluster_assignments as a where a.user_id = r.user_id)
      ) as s
      group by s.cluster_id
    ) as c
  );
end
$function$;

comment on function console.seats_counted(text) is 'Internal: the seats that are taken on each cluster, counted in one pass.';

-- Every cluster, and why this person would be placed there or would not: chosen, fuller (has room, and another is filled
-- less), full, not_active, no_key, switched_off, in_shadow, no_hopsworks_user (nobody is made there: that effect is not
-- live), not_owners. p_mode: live (only clusters that are), shadow, or null: whatever the switches say. p_counted: see
-- seats_counted; null: they are counted here. The person's own seat counts for nobody: they would leave it.
create function console.seat_verdicts(p_user_id text, p_owners_cluster text, p_mode text, p_counted jsonb default null)
returns table (
  cluster_id text, cluster_name text, status text, taken bigint, seats bigint, verdict text
)
language plpgsql
stable
set search_path = ''
as $function$
declare
  v_counted jsonb := coalesce(p_counted, console.seats_counted(p_mode));
begin
  return query
  with seen as (
    select
      k.id, k.name, coalesce(k.status, 'active') as status, k.max_users::bigint as seats,
      coalesce((v_counted ->> k.id)::bigint, 0) - case when exists (
        select from console.cluster_assignments as a where a.user_id = p_user_id and a.cluster_id = k.id
      ) then 1 else 0 end as taken,
      console.effect_mode('assignment', k.id) as mode,
      console.effect_mode('hopsworks_user', k.id) as makes_users,
      exists (select from console.cluster_secrets as s where s.cluster_id = k.id and s.kind = 'api_key')
        or exists (
          select from console.cluster_access(k.id) as a where console.kept_as(a.api_key, null) in ('plain', 'age')
        ) as has_key
    from console.clusters as k
  ),
  judged as (
    select s.*, case
      when p_owners_cluster is not null and s.id <> p_owners_cluster then 'not_owners'
      when s.status <> 'active' then 'not_active'
      when p_mode is not null and s.mode = 'off' then 'switched_off'
      when p_mode = 'live' and s.mode <> 'live' then 'in_shadow'
      when not s.has_key then 'no_key'
      when p_mode = 'live' and s.makes_users <> 'live' then 'no_hopsworks_user'
      when s.taken >= s.seats then 'full'
    end as hindrance
    from seen as s
  )
  select
    j.id, j.name, j.status, j.taken, j.seats,
    coalesce(j.hindrance, case when pg_catalog.row_number() over w = 1 then 'chosen' else 'fuller' end)
  from judged as j
  -- The share that is taken. One without a limit comes last: nobody has said how many it carries.
  window w as (
    partition by j.hindrance is null order by j.taken::numeric / nullif(j.seats, 0) nulls last, j.name, j.id
  )
  order by j.hindrance is not null, pg_catalog.row_number() over w, j.name, j.id;
end
$function$;

comment on function console.seat_verdicts(text, text, text, jsonb) is 'Internal: every cluster, and why somebody would be placed there or would not.';

-- Where somebody would be placed now (null: somebody new), why there or why nowhere, and what speaks for and against each
-- cluster: {"cluster_id", "cluster_name", "why", "owners_cluster", "clusters": [{"id", "name", "status", "taken", "seats",
-- "verdict"}]}. The one place where a cluster is chosen.
create function console.seat_choice(p_user_id text, p_mode text, p_counted jsonb default null) returns jsonb
language plpgsql
stable
set search_path = ''
as $function$
declare
  v_owner text;
  v_owners_cluster text;
  v_clusters jsonb;
  v_chosen jsonb;
begin
  select u.account_owner_id into v_owner from console.users as u where u.id = p_user_id;
  if v_owner is not null then
    select a.cluster_id into v_owners_cluster from console.cluster_assignments as a
    where a.user_id = v_owner order by a.assigned_at desc nulls last, a.id limit 1;
    if v_owners_cluster is null then
      return '{"cluster_id": null, "cluster_name": null, "why": "owner_no_seat", "owners_cluster": null, "clusters": []}';
    end if;
  end if;
  select
    coalesce(pg_catalog.jsonb_agg(pg_catalog.jsonb_build_object(
      'id', v.cluster_id, 'name', v.cluster_name, 'status', v.status, 'taken', v.taken, 'seats', v.seats, 'verdict', v.verdict
    ) order by v.place), '[]'),
    (pg_catalog.jsonb_agg(pg_catalog.to_jsonb(v)) filter (where v.verdict = 'chosen')) -> 0
  into v_clusters, v_chosen
  from console.seat_verdicts(p_user_id, v_owners_cluster, p_mode, p_counted) with ordinality
    as v (cluster_id, cluster_name, status, taken, seats, verdict, place);
  return pg_catalog.jsonb_build_object(
    'cluster_id', v_chosen -> 'cluster_id', 'cluster_name', v_chosen -> 'cluster_name', 'owners_cluster', v_owners_cluster,
    'clusters', v_clusters,
    'why', case
      when v_chosen is not null then case when v_owner is null then 'least_filled' else 'owners_cluster' end
      when v_owner is not null then 'owner_no_room'
      else 'no_room'
    end
  );
end
$function$;

comment on function console.seat_choice(text, text, jsonb) is 'Internal: where somebody would be placed now, and why.';

-- Why nobody can be placed, as a sentence for whoever tries by hand.
create function console.seat_refusal(p_choice jsonb) returns text
language sql
immutable
set search_path = ''
as $function$
  select case p_choice ->> 'why'
    when 'owner_no_seat' then 'The owner of the team has no seat, and members go where their owner is: place the owner first, or choose a cluster.'
    when 'owner_no_room' then 'The cluster that the owner of the team is on takes nobody: raise its limit, open it, or choose another.'
    else 'No active cluster has a free seat: add one, or raise a limit.'
  end;
$function$;

comment on function console.seat_refusal(jsonb) is 'Internal: why no cluster was chosen, as a sentence.';

-- What this database lacks for giving seats, as a sentence; null: nothing.
create function console.seats_lack() returns text
language sql
stable
set search_path = ''
as $function$
  select console.lacking('{insert_cluster_assignments,lock_users,lock_clusters}');
$function$;

comment on function console.seats_lack() is 'Internal: what this database lacks for giving seats, as a sentence.';

-- Puts somebody in line; whether they are now. Nobody is twice, and nobody whose seat was given and taken away since, or whom
-- staff took out of the line: that was somebody's decision. Whoever was judged in shadow, where another program gave the seats, is not placed all of a
-- sudden: a payment or a team is a new reason, a registration that is heard of again is not.
create function console.request_seat(p_user_id text, p_cause text) returns boolean
language plpgsql
security definer
set search_path = ''
as $function$
declare
  v_mode text;
  v_due_on text;
  v_now timestamptz;
begin
  perform console.choice_argument(
    pg_catalog.jsonb_build_object('cause', p_cause), 'cause', array['registration', 'sign_in', 'team', 'payment']
  );
  v_mode := console.assignment_mode();
  if v_mode = 'off' or not exists (
    select from console.users as u where u.id = p_user_id and u.status is distinct from 'deleted'
  ) then
    return false;
  end if;
  -- Of members the cluster is known already, and with it who gives the seats there.
  if exists (
    select from console.users as u
    cross join lateral (
      select a.cluster_id from console.cluster_assignments as a
      where a.user_id = u.account_owner_id order by a.assigned_at desc nulls last, a.id limit 1
    ) as o
    where u.id = p_user_id and console.effect_mode('assignment', o.cluster_id) = 'shadow'
  ) then
    v_mode := 'shadow';
  end if;
  -- In shadow another program may have been faster, and what it gave is what the choice is compared with.
  if exists (
    select from console.cluster_assignments as a
    where
      a.user_id = p_user_id
      and (v_mode = 'live' or coalesce(a.assigned_at, '-infinity') < pg_catalog.clock_timestamp() - interval '1 hour')
  )
    -- Nor locked in vain: an upsert would wait for whoever gives seats.
    or exists (
      select from console.seat_requests as r
      where r.user_id = p_user_id and case r.state
        when 'waiting' then r.due_at is not null and (r.mode = v_mode or v_mode = 'shadow')
        when 'withdrawn' then r.why in ('taken_away', 'taken_out')
        when 'shadow' then v_mode = 'shadow' or p_cause not in ('payment', 'team')
        else true end
    )
  then
    return false;
  end if;
  -- Whoever changes the rule waits for this, and then finds whoever it left waiting.
  select u.due_on into v_due_on from console.assignment_rules as u for share;
  if v_due_on = 'registration' or p_cause in ('team', 'payment') or exists (
    select from console.users as u where u.id = p_user_id and (u.account_owner_id is not null or console.has_paid(u.id))
  ) then
    v_now := pg_catalog.clock_timestamp();
  end if;
  insert into console.seat_requests as r (user_id, cause, mode, due_at, why)
  values (p_user_id, p_cause, v_mode, v_now, case when v_now is null then 'no_payment' end)
  on conflict (user_id) do update set
    cause = excluded.cause, mode = excluded.mode,
    due_at = case when r.state = 'waiting' then coalesce(r.due_at, excluded.due_at) else excluded.due_at end,
    requested_at = case when r.state = 'waiting' then r.requested_at else excluded.requested_at end,
    state = 'waiting', why = excluded.why, cluster_id = null, choice = null, looked_at = null, next_at = null, ended_at = null
  where case r.state
    when 'waiting' then r.due_at is null and excluded.due_at is not null or r.mode = 'shadow' and excluded.mode = 'live'
    when 'withdrawn' then coalesce(r.why, '') not in ('taken_away', 'taken_out')
    when 'shadow' then excluded.mode = 'live'
    else false end;
  return found;
end
$function$;

comment on function console.request_seat(text, text) is
  'Somebody is to have a seat: because of a registration, sign_in, team or payment. Whether they are in line now; for programs.';

-- Staff took a seat away, whoever had given it.
create function console.seat_taken_away(p_user_id text) returns void
language sql
set search_path = ''
as $function$
  insert into console.seat_requests as r (user_id, cause, state, why, ended_at)
  values (p_user_id, 'registration', 'withdrawn', 'taken_away', pg_catalog.clock_timestamp())
  on conflict (user_id) do update set
    state = 'withdrawn', why = 'taken_away', ended_at = excluded.ended_at, cluster_id = null, choice = null
  -- Of one that was given here, it is known already that it is not given again.
  where r.state <> 'placed';
$function$;

-- Somebody is there again who was deleted while they waited.
create function console.seat_wanted_again(p_user_id text) returns void
language plpgsql
set search_path = ''
as $function$
declare
  v_cause text;
begin
  select r.cause into v_cause from console.seat_requests as r
  where r.user_id = p_user_id and r.state = 'withdrawn' and r.why = 'deleted';
  if found then
    perform console.request_seat(p_user_id, v_cause);
  end if;
end
$function$;

comment on function console.seat_taken_away(text) is 'Internal: staff took a seat away, and only staff give another.';
comment on function console.seat_wanted_again(text) is 'Internal: whoever was deleted while they waited, and is restored, waits again.';

-- Why somebody who waits cannot be placed now, and the cluster of their owner; null: they can. p_rooms: clusters with room.
-- In shadow whoever has a seat already was placed by another program.
create function console.seat_hindrance(p_user_id text, p_requested_at timestamptz, p_mode text, p_rooms text[])
returns table (owners_cluster text, why text)
language plpgsql
stable
rows 1
set search_path = ''
as $function$
begin
  return query
  select
    owners.cluster_id,
    case
      when u.id is null or u.status = 'deleted' then 'deleted'
      when p_mode = 'live' and exists (select from console.cluster_assignments as a where a.user_id = p.id) then 'has_seat'
      when coalesce(u.status, 'active') <> 'active' then 'suspended'
      when exists (
        select from console.holds as h where h.user_id = p.id and h.hold = 'blocked' and h.lifted_by is null
      ) then 'blocked'
      when u.account_owner_id is not null then case
        when coalesce(o.status, 'active') <> 'active' then 'owner_suspended'
        when owners.cluster_id is null then 'owner_no_seat'
        when p_mode = 'live' and console.effect_mode('assignment', owners.cluster_id) = 'shadow' then 'in_shadow'
        when owners.cluster_id = any (p_rooms) then null
        else 'owner_no_room' end
      -- Whoever is to be a member goes where the team is, if they sign in the same day: a stranger's invitation holds up
      -- nobody for longer.
      when p_requested_at > pg_catalog.statement_timestamp() - interval '1 day'
        and exists (select from console.invitation_for(p.id, u.email)) then 'invited'
      when p_rooms = '{}' then 'no_room'
    end
  from (select p_user_id as id) as p
  left join console.users as u on u.id = p.id
  left join console.users as o on o.id = u.account_owner_id
  left join lateral (
    select a.cluster_id from console.cluster_assignments as a
    where a.user_id = u.account_owner_id order by a.assigned_at desc nulls last, a.id limit 1
  ) as owners on true;
end
$function$;

comment on function console.seat_hindrance(text, timestamptz, text, text[]) is
  'Internal: why somebody who waits for a seat cannot have one now; null: they can.';

-- Gives one seat. The seats are locked, and so is the person.
create function console.place_one(p_user_id text, p_choice jsonb) returns void
language plpgsql
set search_path = ''
as $function$
declare
  v_cluster text := p_choice ->> 'cluster_id';
  v_name text := coalesce(p_choice ->> 'cluster_name', v_cluster);
  v_values jsonb := pg_catalog.jsonb_build_object(
    'user_id', p_user_id, 'cluster_id', v_cluster, 'assigned_at', pg_catalog.clock_timestamp(),
    'assigned_by', case p_choice ->> 'why' when 'owners_cluster' then 'team_member_auto' else 'system' end
  );
  v_changes jsonb;
  v_counted bigint;
  v_taken bigint;
  v_audit bigint;
begin
  v_changes := pg_catalog.jsonb_build_array(pg_catalog.jsonb_build_object(
    'table', 'cluster_assignments', 'id', console.insert_cluster_assignments(v_values), 'label', v_name, 'column', '*',
    'before', null, 'after', v_values
  ));
  if console.can_write('write_clusters', 'current_users') then
    -- As it was chosen from, under the same locks.
    select (c.value ->> 'taken')::bigint + 1 into v_taken
    from pg_catalog.jsonb_array_elements(p_choice -> 'clusters') as c where c.value ->> 'id' = v_cluster;
    select k.current_users into v_counted from console.clusters as k where k.id = v_cluster;
    if v_counted is distinct from v_taken then
      perform console.write_clusters(v_cluster, pg_catalog.jsonb_build_object('current_users', v_taken));
      v_changes := v_changes || pg_catalog.jsonb_build_object(
        'table', 'clusters', 'id', v_cluster, 'label', v_name, 'column', 'current_users',
        'before', v_counted, 'after', v_taken, 'derived', true
      );
    end if;
  end if;
  v_audit := console.audit_write('system', 'assign_cluster', 'user', p_user_id, pg_catalog.jsonb_build_object(
    'reason', case p_choice ->> 'why'
      when 'owners_cluster' then pg_catalog.format('Placed on %s, where the owner of the team is', v_name)
      else pg_catalog.format('Placed on %s, the least filled cluster with room', v_name)
    end,
    'cause', (select r.cause from console.seat_requests as r where r.user_id = p_user_id),
    'changes', v_changes, 'choice', p_choice
  ));
  perform console.outbox_write(v_audit, console.effects_judged(pg_catalog.jsonb_build_array(pg_catalog.jsonb_build_object(
    'system', 'hopsworks', 'kind', 'ensure_user', 'effect', 'hopsworks_user', 'subject', p_user_id, 'cluster_id', v_cluster,
    'payload', pg_catalog.jsonb_build_object('user_id', p_user_id, 'cluster_id', v_cluster)
  ))));
  update console.seat_requests as r set
    state = 'placed', why = p_choice ->> 'why', cluster_id = v_cluster, choice = p_choice, audit_id = v_audit,
    looked_at = pg_catalog.clock_timestamp(), ended_at = pg_catalog.clock_timestamp()
  where r.user_id = p_user_id;
end
$function$;

comment on function console.place_one(text, jsonb) is 'Internal: gives a seat, with its audit entry and its effect.';

-- Clusters and switches as they decide about seats, in short: as long as it stays the same, who has no seat is likely to
-- find none.
create function console.seats_signature() returns text
language plpgsql
stable
set search_path = ''
as $function$
begin
  return pg_catalog.md5(coalesce((
    select pg_catalog.string_agg(pg_catalog.concat_ws(
      ' ', k.id, k.status, k.max_users, k.current_users, console.effect_mode('assignment', k.id),
      console.effect_mode('hopsworks_user', k.id),
      exists (select from console.cluster_secrets as s where s.cluster_id = k.id and s.kind = 'api_key')
    ), ',' order by k.id)
    from console.clusters as k
  ), ''));
end
$function$;

comment on function console.seats_signature() is 'Internal: clusters and switches as they decide about seats, in short.';

-- The constraints and triggers of the service that wait for the end of the transaction are heard now, while it can still
-- be said whose seat they refuse.
create function console.service_constraints() returns void
language plpgsql
set search_path = ''
as $function$
declare
  v_names text;
begin
  select pg_catalog.string_agg(distinct pg_catalog.format('public.%I', c.conname), ', ') into v_names
  from pg_catalog.pg_constraint as c
  where c.connamespace = 'public'::pg_catalog.regnamespace and c.condeferred;
  if v_names is not null then
    execute 'set constraints ' || v_names || ' immediate';
  end if;
end
$function$;

comment on function console.service_constraints() is 'Internal: checks what the service''s own tables would only check at the end.';

-- Goes through the line: gives what seats there are, in order, p_limit at most, and says of everybody else why they wait.
-- {"placed", "waiting": whose reason is another now, "shadowed", "withdrawn"}; null: nothing was to be done. One program at
-- a time; then people before seats, as every action locks them.
create function console.place_waiting(p_limit integer) returns jsonb
language plpgsql
security definer
set search_path = ''
as $function$
declare
  -- How many are told at a time why they wait.
  v_page constant integer := 500;
  v_mode text;
  v_look console.seat_looks;
  v_signature text;
  v_new bigint;
  v_more boolean := false;
  v_rooms text[] := '{}';
  v_counted jsonb;
  v_ids text[] := '{}';
  v_one record;
  v_user text;
  v_why text;
  v_choice jsonb;
  v_last record;
  v_placed integer := 0;
  v_waiting integer := 0;
  v_shadowed integer := 0;
  v_withdrawn integer := 0;
  v_state text;
begin
  if p_limit is null or p_limit not between 1 and 100 then
    perform console.refuse('HD005', 'Place from 1 to 100 people at a time.', '{"argument": "limit"}');
  end if;
  if not exists (select from console.seat_requests as r where r.state = 'waiting' and r.due_at is not null) then
    return null;
  end if;
  v_mode := console.assignment_mode();
  if v_mode = 'off' then
    return null;
  end if;
  -- Whoever is at it does what is to be done.
  if not pg_catalog.pg_try_advisory_xact_lock(pg_catalog.hashtextextended('console.place_waiting', 72)) then
    return null;
  end if;
  select l.* into v_look from console.seat_looks as l;
  v_signature := console.seats_signature();
  if v_signature = v_look.signature and not v_look.more
    and v_look.counted_at > pg_catalog.clock_timestamp() - interval '10 seconds'
    and not exists (
      select from console.seat_requests as r where r.state = 'waiting' and r.due_at is not null and r.why is null
    )
  then
    return null;
  end if;

  -- Those whom another program places.
  v_counted := null;
  for v_one in
    select r.user_id, r.requested_at, r.why from console.seat_requests as r
    where r.state = 'waiting' and r.due_at is not null and r.mode = 'shadow'
    order by r.due_at, r.place limit v_page
    for update skip locked
  loop
    v_counted := coalesce(v_counted, console.seats_counted('shadow'));
    v_choice := console.seat_choice(v_one.user_id, 'shadow', v_counted);
    select h.why into v_why from console.seat_hindrance(
      v_one.user_id, v_one.requested_at, 'shadow', pg_catalog.array_remove(array[v_choice ->> 'cluster_id'], null)
    ) as h;
    if v_why is null or v_why in ('no_room', 'owner_no_room') then
      update console.seat_requests as r set
        state = 'shadow', why = v_choice ->> 'why', cluster_id = v_choice ->> 'cluster_id', choice = v_choice,
        looked_at = pg_catalog.clock_timestamp(), ended_at = pg_catalog.clock_timestamp()
      where r.user_id = v_one.user_id;
      if v_why is null and not exists (
        select from console.cluster_assignments as a where a.user_id = v_one.user_id
      ) then
        v_counted := v_counted || pg_catalog.jsonb_build_object(
          v_choice ->> 'cluster_id', coalesce((v_counted ->> (v_choice ->> 'cluster_id'))::bigint, 0) + 1
        );
      end if;
      v_shadowed := v_shadowed + 1;
      exit when v_shadowed = p_limit;
    elsif v_why is distinct from v_one.why then
      update console.seat_requests as r set
        why = v_why, looked_at = pg_catalog.clock_timestamp(), state = case v_why when 'deleted' then 'withdrawn' else 'waiting' end,
        ended_at = case v_why when 'deleted' then pg_catalog.clock_timestamp() end
      where r.user_id = v_one.user_id;
      v_waiting := v_waiting + 1;
    end if;
  end loop;
  v_more := v_shadowed = p_limit;

  if v_mode = 'live' and console.seats_lack() is null then
    v_counted := console.seats_counted(v_mode);
    v_rooms := array(
      select v.cluster_id from console.seat_verdicts(null, null, v_mode, v_counted) as v where v.verdict in ('chosen', 'fuller')
    );
    if v_rooms <> '{}' then
      -- Row by row, and no further than there is need for: the line may be long.
      for v_one in
        select r.user_id, r.requested_at from console.seat_requests as r
        where
          r.state = 'waiting' and r.due_at is not null and r.mode = 'live'
          and coalesce(r.next_at, '-infinity') <= pg_catalog.clock_timestamp()
        order by r.due_at, r.place
      loop
        if (select h.why is null from console.seat_hindrance(v_one.user_id, v_one.requested_at, v_mode, v_rooms) as h) then
          v_ids := v_ids || v_one.user_id;
          exit when pg_catalog.cardinality(v_ids) = p_limit;
        end if;
      end loop;
      v_more := v_more or pg_catalog.cardinality(v_ids) = p_limit;
    end if;
    if v_ids <> '{}' then
      perform console.lock_people(v_ids, false);
      perform console.lock_seats();
      -- As it is now that nobody else changes it. Whoever is in the middle of an event has their turn at the next look:
      -- that event may be waiting for one of these people.
      v_counted := console.seats_counted(v_mode);
      v_ids := array(
        select r.user_id from console.seat_requests as r
        where r.state = 'waiting' and r.mode = 'live' and r.user_id = any (v_ids)
        order by r.due_at, r.place
        for update skip locked
      );
      foreach v_user in array v_ids loop
        v_choice := console.seat_choice(v_user, v_mode, v_counted);
        select h.why into v_why
        from console.seat_requests as r
        cross join lateral console.seat_hindrance(
          r.user_id, r.requested_at, v_mode, pg_catalog.array_remove(array[v_choice ->> 'cluster_id'], null)
        ) as h
        where r.user_id = v_user;
        if v_why is not null or v_choice ->> 'cluster_id' is null then
          continue;
        end if;
        begin
          perform console.place_one(v_user, v_choice);
          perform console.service_constraints();
          v_placed := v_placed + 1;
          v_counted := v_counted || pg_catalog.jsonb_build_object(
            v_choice ->> 'cluster_id', coalesce((v_counted ->> (v_choice ->> 'cluster_id'))::bigint, 0) + 1
          );
        exception
          -- Whatever the service's own tables and triggers object to is about this one, and holds up nobody else; what is
          -- about the server, or about who else is at work, is tried again as it is.
          when others then
            get stacked diagnostics v_state = returned_sqlstate;
            if v_state in ('40001', '40P01', '55P03') or pg_catalog.left(v_state, 2) in ('08', '53', '57', '58', 'XX') then
              raise;
            end if;
            update console.seat_requests as r set
              why = 'refused', choice = v_choice || pg_catalog.jsonb_build_object('sqlstate', v_state),
              cluster_id = v_choice ->> 'cluster_id', looked_at = pg_catalog.clock_timestamp(),
              next_at = pg_catalog.clock_timestamp() + interval '10 minutes'
            where r.user_id = v_user;
            v_waiting := v_waiting + 1;
        end;
      end loop;
      v_rooms := array(
        select v.cluster_id from console.seat_verdicts(null, null, v_mode, v_counted) as v where v.verdict in ('chosen', 'fuller')
      );
      -- With what has just been counted there.
      v_signature := console.seats_signature();
    end if;

    -- Why the others wait: of those who are new, and of the next page of those who are not.
    select pg_catalog.count(*) into v_new
    from (
      select from console.seat_requests as r
      where r.state = 'waiting' and r.due_at is not null and r.why is null limit v_page + 1
    ) as n;
    v_more := v_more or v_new > v_page;
    with page as materialized (
      select r.user_id, r.due_at, r.place from console.seat_requests as r
      where
        r.state = 'waiting' and r.due_at is not null and r.mode = 'live'
        and (r.due_at, r.place) > (v_look.told_due_at, v_look.told_place)
      order by r.due_at, r.place limit v_page
    ),
    line as materialized (
      select q.user_id, h.why, h.owners_cluster
      from (
        select p.user_id from page as p
        union
        (
          select r.user_id from console.seat_requests as r
          where r.state = 'waiting' and r.due_at is not null and r.why is null and r.mode = 'live'
          order by r.due_at, r.place limit v_page
        )
      ) as q
      join console.seat_requests as r on r.user_id = q.user_id
      cross join lateral console.seat_hindrance(r.user_id, r.requested_at, v_mode, v_rooms) as h
      where h.why is not null and (r.why is distinct from h.why or r.cluster_id is distinct from h.owners_cluster)
    ),
    free as materialized (
      select r.user_id from console.seat_requests as r
      where r.state = 'waiting' and r.user_id in (select w.user_id from line as w)
      for update skip locked
    ),
    told as (
      update console.seat_requests as r set
        state = case when w.why in ('deleted', 'has_seat') then 'withdrawn' else 'waiting' end,
        why = w.why, cluster_id = w.owners_cluster, looked_at = pg_catalog.clock_timestamp(),
        ended_at = case when w.why in ('deleted', 'has_seat') then pg_catalog.clock_timestamp() end
      from line as w
      join free as f on f.user_id = w.user_id
      where r.user_id = w.user_id
      returning r.state
    )
    select
      v_waiting + pg_catalog.count(*) filter (where t.state = 'waiting') as waiting,
      pg_catalog.count(*) filter (where t.state = 'withdrawn') as withdrawn,
      (select pg_catalog.count(*) from page) as paged,
      (select p.due_at from page as p order by p.due_at desc, p.place desc limit 1) as due_at,
      (select p.place from page as p order by p.due_at desc, p.place desc limit 1) as place
    into v_last
    from told as t;
    v_waiting := v_last.waiting;
    v_withdrawn := v_last.withdrawn;
    v_look.told_due_at := case when v_last.paged = v_page then v_last.due_at else '-infinity' end;
    v_look.told_place := case when v_last.paged = v_page then v_last.place else 0 end;
  end if;

  update console.seat_looks as l set
    looked_at = pg_catalog.clock_timestamp(), counted_at = pg_catalog.clock_timestamp(), signature = v_signature, more = v_more,
    told_due_at = v_look.told_due_at, told_place = v_look.told_place;
  if v_placed + v_waiting + v_shadowed + v_withdrawn = 0 then
    return null;
  end if;
  return pg_catalog.jsonb_build_object(
    'placed', v_placed, 'waiting', v_waiting, 'shadowed', v_shadowed, 'withdrawn', v_withdrawn
  );
end
$function$;

comment on function console.place_waiting(integer) is
  'Gives seats to those who wait, in order, so many at most, and says why the others wait: {"placed", "waiting", "shadowed", "withdrawn"}; null: nothing was to be done. For programs.';

-- Where somebody new would be placed now, or this user, whether or not anybody ever is: the choice, with the mode that
-- assignment is in, when a seat is due, and how many wait.
create function console.next_seat(p_user_id text default null) returns jsonb
language plpgsql
stable
security definer
set search_path = ''
as $function$
declare
  v_mode text := console.assignment_mode();
begin
  return console.seat_choice(p_user_id, nullif(v_mode, 'off')) || (
    select pg_catalog.jsonb_build_object(
      'mode', v_mode, 'due_on', u.due_on,
      'lacks', console.seats_lack(),
      'waiting', (
        select pg_catalog.count(*) from console.seat_requests as r where r.state = 'waiting' and r.why is distinct from 'no_payment'
      )
    )
    from console.assignment_rules as u
  );
end
$function$;

comment on function console.next_seat(text) is
  'Where somebody new, or this user, would be placed now, and why: see seat_choice; with "mode", "due_on", "lacks" and "waiting".';

create function console.set_assignment_rule(p_due_on text, p_reason text) returns jsonb
language plpgsql
security definer
set search_path = ''
as $function$
declare
  v_staff console.staff;
  v_before text;
  v_now timestamptz;
begin
  if session_user <> current_user then
    v_staff := console.caller_elevated();
    if v_staff.staff_group <> 'admin' then
      perform console.refuse(
        'HD003', 'Only admins say when a seat is due.', pg_catalog.jsonb_build_object('group', v_staff.staff_group)
      );
    end if;
  end if;
  perform console.choice_argument(pg_catalog.jsonb_build_object('due_on', p_due_on), 'due_on', array['registration', 'payment']);
  perform console.text_argument(pg_catalog.jsonb_build_object('reason', p_reason), 'reason', 3, 500);
  select u.due_on into v_before from console.assignment_rules as u for update;
  update console.assignment_rules as u set due_on = p_due_on, set_by = session_user, set_at = pg_catalog.clock_timestamp();
  -- Whoever waited for a payment waits for it no longer, in the order in which they came; what was due stays due.
  if p_due_on = 'registration' then
    v_now := pg_catalog.clock_timestamp();
    update console.seat_requests as r set due_at = v_now, why = null where r.state = 'waiting' and r.due_at is null;
  end if;
  return pg_catalog.jsonb_build_object('audit_id', console.audit_write(
    'staff', 'set_assignment_rule', 'service', 'assignment', pg_catalog.jsonb_build_object(
      'reason', p_reason, 'changes', pg_catalog.jsonb_build_array(pg_catalog.jsonb_build_object(
        'table', 'assignment_rules', 'id', 'assignment', 'label', 'Seats are due on', 'column', 'due_on',
        'before', v_before, 'after', p_due_on
      ))
    )
  ));
end
$function$;

comment on function console.set_assignment_rule(text, text) is
  'Has a seat due with the registration, or with the first payment; admins, elevated: {"audit_id"}.';

-- That somebody waits for a seat that is not there is an alert like the others, and goes when the line does.
alter table console.alerts drop constraint alerts_kind_check;
alter table console.alerts add constraint alerts_kind_check check (kind in (
  'provider_quiet', 'never_arrived', 'events_dead', 'events_conflict', 'effects_dead', 'inbox_backlog', 'outbox_backlog',
  'read_back_failing', 'read_back_behind', 'schedule_stopped', 'trail_broken', 'delivery_failing', 'no_seat'
));

alter function console.alert_conditions(timestamptz) rename to machinery_conditions;
comment on function console.machinery_conditions(timestamptz) is 'Internal: what is wrong with the machinery, worked out from what is on record.';

create function console.seat_conditions(p_now timestamptz) returns table (
  kind text, subject text, severity text, since timestamptz, facts jsonb
)
language plpgsql
stable
set search_path = ''
as $function$
begin
  if console.assignment_mode() <> 'live' then
    return;
  end if;
  return query
  select
    'no_seat', w.subject, 'bad', pg_catalog.min(w.since),
    pg_catalog.jsonb_build_object('count', pg_catalog.count(*), 'cluster', pg_catalog.min(k.name))
  from (
    select
      case r.why
        when 'no_room' then 'clusters' when 'owner_no_seat' then 'owners' when 'refused' then 'refused'
        else pg_catalog.left(r.cluster_id, 100)
      end as subject,
      case when r.why = 'owner_no_room' then r.cluster_id end as cluster_id,
      coalesce(r.due_at, r.requested_at) as since
    from console.seat_requests as r
    where
      r.state = 'waiting' and r.mode = 'live' and r.why in ('no_room', 'owner_no_room', 'owner_no_seat', 'refused')
  ) as w
  left join console.clusters as k on k.id = w.cluster_id
  group by w.subject;
  -- Due for a while, and nobody has said why it is not given: no program looks, its look fails, or what it would write with
  -- is missing.
  return query
  select
    'no_seat', case when console.seats_lack() is null then 'unattended' else 'database' end, 'bad', pg_catalog.min(r.due_at),
    pg_catalog.jsonb_build_object('count', pg_catalog.count(*), 'cluster', null)
  from console.seat_requests as r
  where
    r.state = 'waiting' and r.mode = 'live' and r.due_at < p_now - interval '2 minutes'
    and (r.why is null or console.seats_lack() is not null or (select l.looked_at < p_now - interval '2 minutes' from console.seat_looks as l))
  having pg_catalog.count(*) > 0;
end
$function$;

comment on function console.seat_conditions(timestamptz) is 'Internal: who waits for a seat that is not there, or that nobody gives.';

create function console.alert_conditions(p_now timestamptz) returns table (
  kind text, subject text, severity text, since timestamptz, facts jsonb
)
language sql
stable
set search_path = ''
as $function$
  select m.* from console.machinery_conditions(p_now) as m
  union all
  select s.* from console.seat_conditions(p_now) as s;
$function$;

comment on function console.alert_conditions(timestamptz) is 'Internal: everything that is wrong, worked out from what is on record.';

insert into console.functions (name, groups) values
('request_seat', '{receiver}'),
('place_waiting', '{receiver}'),
('next_seat', '{support,finance,admin,auditor,receiver}'),
('set_assignment_rule', '{admin}');

insert into console.readable (relation, groups) values ('seat_requests', '{support,finance,admin,auditor}');

select console.renew_grants();
