-- What must happen in other systems, written down in the transaction that decided it, and done by the
-- headless program or by the console for its own actions. Whether it really happens is a switch: a
-- database that another program still serves starts in shadow, computed and shown and not done.

create table console.effect_switches (
  effect text not null,
  cluster_id text not null default '',
  mode text not null,
  set_by text not null default session_user,
  set_at timestamptz not null default clock_timestamp(),

  constraint effect_switches_pkey primary key (effect, cluster_id),
  constraint effect_switches_effect_check check (effect in (
    'hopsworks_status', 'hopsworks_user', 'hopsworks_quota', 'auth0', 'stripe_plan', 'stripe_events',
    'meter_reports', 'prepaid_deduction', 'assignment', 'usage_daily'
  )),
  constraint effect_switches_mode_check check (mode in ('off', 'shadow', 'live'))
);

comment on table console.effect_switches is 'Which effects on money and access are off, computed only (shadow), or live.';
comment on column console.effect_switches.cluster_id is 'Empty: everywhere it is not said otherwise.';

-- A service that our own migrations made has no other program that does these things.
insert into console.effect_switches (effect, mode)
select effect, case when to_regclass('console.migrations_managed') is not null then 'live' else 'shadow' end
from unnest(array[
  'hopsworks_status', 'hopsworks_user', 'hopsworks_quota', 'auth0', 'stripe_plan', 'stripe_events',
  'meter_reports', 'prepaid_deduction', 'assignment', 'usage_daily'
]) as effect;

-- What was switched when: what came while an effect was not live is another program's, however late it is applied here.
create table console.effect_changes (
  id bigint generated always as identity primary key,
  effect text not null,
  cluster_id text not null,
  mode text,
  at timestamptz not null
);

comment on table console.effect_changes is 'What each switch was set to, and when; what it was at first holds for all time before.';
comment on column console.effect_changes.mode is 'Null: nothing was said of this cluster any more.';

create index effect_changes_at_idx on console.effect_changes (effect, cluster_id, at);

insert into console.effect_changes (effect, cluster_id, mode, at)
select e.effect, e.cluster_id, e.mode, '-infinity' from console.effect_switches as e;

-- Also of what its owner sets by hand.
create function console.effect_changed() returns trigger
language plpgsql
security definer
set search_path = ''
as $function$
begin
  if tg_op = 'DELETE' then
    insert into console.effect_changes (effect, cluster_id, mode, at)
    values (old.effect, old.cluster_id, null, pg_catalog.clock_timestamp());
  else
    insert into console.effect_changes (effect, cluster_id, mode, at)
    values (new.effect, new.cluster_id, new.mode, pg_catalog.clock_timestamp());
  end if;
  return null;
end
$function$;

create trigger effect_made_or_gone after insert or delete on console.effect_switches
for each row execute function console.effect_changed();
create trigger effect_changed after update on console.effect_switches
for each row when (old.mode is distinct from new.mode) execute function console.effect_changed();

comment on function console.effect_changed() is 'Internal: notes when a switch was set.';

-- What an effect was at a moment, everywhere that nothing else was said of a cluster.
create function console.effect_mode_at(p_effect text, p_at timestamptz) returns text
language sql
stable
set search_path = ''
as $function$
  select coalesce((
    select c.mode from console.effect_changes as c
    where c.effect = p_effect and c.cluster_id = '' and c.at <= p_at
    order by c.at desc, c.id desc limit 1
  ), 'off');
$function$;

comment on function console.effect_mode_at(text, timestamptz) is 'Internal: off, shadow or live, as it was then.';

create view console.effects as
select e.effect, nullif(e.cluster_id, '') as cluster_id, e.mode, e.set_by, e.set_at from console.effect_switches as e;

comment on view console.effects is 'The switches: effect, cluster (null: everywhere else), mode off, shadow or live.';

create function console.effect_mode(p_effect text, p_cluster_id text) returns text
language sql
stable
set search_path = ''
as $function$
  select coalesce((
    select e.mode from console.effect_switches as e
    where e.effect = p_effect and e.cluster_id in ('', coalesce(p_cluster_id, ''))
    order by e.cluster_id desc limit 1
  ), 'off');
$function$;

create function console.set_effect(p_effect text, p_cluster_id text, p_mode text, p_reason text) returns jsonb
language plpgsql
security definer
set search_path = ''
as $function$
declare
  v_given jsonb := pg_catalog.jsonb_build_object('effect', p_effect, 'mode', p_mode, 'reason', p_reason, 'cluster_id', p_cluster_id);
  v_staff console.staff;
  v_before text;
  v_audit bigint;
begin
  if session_user <> current_user then
    v_staff := console.caller_elevated();
    if v_staff.staff_group <> 'admin' then
      perform console.refuse('HD003', 'Only admins switch effects.', pg_catalog.jsonb_build_object('group', v_staff.staff_group));
    end if;
  end if;
  perform console.choice_argument(v_given, 'mode', array['off', 'shadow', 'live']);
  perform console.choice_argument(v_given, 'effect', array(
    select distinct e.effect from console.effect_switches as e order by 1
  ));
  perform console.text_argument(v_given, 'reason', 3, 500);
  if p_cluster_id is not null and not exists (select from console.clusters as k where k.id = p_cluster_id) then
    perform console.refuse('HD006', 'There is no such cluster.', pg_catalog.jsonb_build_object('cluster_id', p_cluster_id));
  end if;
  -- Switched on, it would have people wait for what never comes.
  if p_effect = 'assignment' and p_mode = 'live' and console.seats_lack() is not null then
    perform console.refuse('HD008', console.seats_lack(), '{"argument": "mode"}');
  end if;
  -- Whoever does it then reads the service's own columns, where a secret may stand sealed. Off is off: nothing waits for it.
  if p_mode = 'shadow' and console.sealed_for(p_effect, p_cluster_id) is not null then
    perform console.refuse('HD007', pg_catalog.format(
      'In shadow the service''s own programs do this, and they cannot open the %s: put it back first, `secrets put-back`.',
      console.sealed_for(p_effect, p_cluster_id)), '{"argument": "mode"}');
  end if;
  v_before := console.effect_mode(p_effect, p_cluster_id);
  insert into console.effect_switches (effect, cluster_id, mode)
  values (p_effect, coalesce(p_cluster_id, ''), p_mode)
  on conflict (effect, cluster_id) do update set
    mode = excluded.mode, set_by = session_user, set_at = pg_catalog.clock_timestamp();
  v_audit := console.audit_write(
    'staff', 'set_effect', 'effect', pg_catalog.concat_ws('@', p_effect, p_cluster_id),
    pg_catalog.jsonb_build_object('reason', p_reason, 'changes', pg_catalog.jsonb_build_array(pg_catalog.jsonb_build_object(
      'table', 'effects', 'id', pg_catalog.concat_ws('@', p_effect, p_cluster_id), 'label', p_effect,
      'column', 'mode', 'before', v_before, 'after', p_mode
    )))
  );
  return pg_catalog.jsonb_build_object(
    'audit_id', v_audit, 'effect', p_effect, 'cluster_id', p_cluster_id, 'before', v_before, 'mode', p_mode
  );
end
$function$;

comment on function console.effect_mode(text, text) is 'Internal: off, shadow or live; what is said of the cluster counts first.';
comment on function console.set_effect(text, text, text, text) is
  'Switches an effect, everywhere or on one cluster; admins, elevated: {"audit_id", "effect", "cluster_id", "before", "mode"}.';

create table console.outbox (
  id bigint not null generated always as identity primary key,
  system text not null,
  kind text not null,
  effect text not null,
  subject text not null,
  cluster_id text,
  payload jsonb not null,
  audit_id bigint not null references console.audit (id),
  idempotency_key text not null,
  state text not null,
  attempts integer not null default 0,
  next_attempt_at timestamptz not null default clock_timestamp(),
  lease uuid,
  leased_by text,
  leased_until timestamptz,
  last_error text,
  created_at timestamptz not null default clock_timestamp(),
  done_at timestamptz,
  outcome jsonb,
  replayed_at timestamptz,

  constraint outbox_idempotency_key_key unique (idempotency_key),
  constraint outbox_system_check check (system in ('hopsworks', 'auth0', 'stripe', 'supabase_auth')),
  constraint outbox_state_check check (state in ('pending', 'done', 'dead', 'shadow', 'cancelled')),
  constraint outbox_payload_check check (jsonb_typeof(payload) = 'object'),
  constraint outbox_attempts_check check (attempts >= 0)
);

create index outbox_pending_idx on console.outbox (next_attempt_at, id) where state = 'pending';
-- What comes before it for the same person in the same system.
create index outbox_order_idx on console.outbox (system, subject, id) where state = 'pending';
create index outbox_audit_idx on console.outbox (audit_id);
create index outbox_dead_idx on console.outbox (id) where state = 'dead';

comment on table console.outbox is 'Effects in other systems, each written with the action that decided it. Never a secret, nor an address.';
comment on column console.outbox.kind is
  'hopsworks: set_status, ensure_user, raise_projects · auth0: set_blocked, send_verification · stripe: change_plan.';
comment on column console.outbox.state is
  'pending: to be done at next_attempt_at. done. dead: given up, see last_error. shadow: computed only. cancelled: the switch was off, or somebody took it back.';
comment on column console.outbox.replayed_at is 'When somebody had it tried again last: since then it waits, and not since it was decided.';
comment on column console.outbox.lease is 'Given to the worker that has it; whoever comes too late with it is refused.';

alter table console.effect_switches enable row level security;
alter table console.effect_changes enable row level security;
alter table console.outbox enable row level security;

-- Rows to do now, each leased for two minutes by the clock of the database, whatever the programs' clocks say: a worker
-- that dies gives them back by not answering. Rows
-- for one subject in one system are done in their order.
create function console.claim_outbox(
  p_limit integer, p_now timestamptz, p_own_only boolean default true, p_systems text[] default null
)
returns table (
  id bigint, lease uuid, system text, kind text, subject text, cluster_id text, payload jsonb, audit_id bigint,
  idempotency_key text, attempts integer
)
language plpgsql
security definer
set search_path = ''
as $function$
declare
  v_program boolean := session_user = current_user
    or pg_catalog.to_regrole('console_receiver') is not null and pg_catalog.pg_has_role(session_user, 'console_receiver', 'member');
begin
  if not v_program then
    perform console.caller();
  end if;
  if p_limit is null or p_limit not between 1 and 1000 or p_now is null or not pg_catalog.isfinite(p_now) then
    perform console.refuse('HD005', 'Claim from 1 to 1000 rows, at a time.', '{"argument": "limit"}');
  end if;
  return query
  with due as (
    select o.id
    from console.outbox as o
    where
      o.state = 'pending' and o.next_attempt_at <= p_now
      and (p_systems is null or o.system = any (p_systems))
      and (o.leased_until is null or o.leased_until <= pg_catalog.clock_timestamp())
      and not exists (
        select from console.outbox as before
        where before.state = 'pending' and before.system = o.system and before.subject = o.subject and before.id < o.id
      )
      and (
        (v_program and not coalesce(p_own_only, true))
        or exists (select from console.audit as a where a.id = o.audit_id and a.login = session_user)
      )
    order by o.next_attempt_at, o.id
    limit p_limit
    for update of o skip locked
  )
  update console.outbox as o set
    lease = pg_catalog.gen_random_uuid(), leased_by = session_user,
    leased_until = pg_catalog.clock_timestamp() + interval '2 minutes',
    attempts = o.attempts + 1
  from due
  where o.id = due.id
  returning o.id, o.lease, o.system, o.kind, o.subject, o.cluster_id, o.payload, o.audit_id, o.idempotency_key, o.attempts;
end
$function$;

create function console.outbox_leased(p_id bigint, p_lease uuid) returns console.outbox
language plpgsql
set search_path = ''
as $function$
declare
  v_row console.outbox;
begin
  select o.* into v_row from console.outbox as o where o.id = p_id for update;
  if not found then
    perform console.refuse('HD006', 'There is no such effect.', pg_catalog.jsonb_build_object('outbox_id', p_id));
  end if;
  if v_row.state <> 'pending' or p_lease is null or v_row.lease is distinct from p_lease or v_row.leased_by <> session_user then
    perform console.refuse(
      'HD004', 'Somebody else has taken this effect over meanwhile.',
      pg_catalog.jsonb_build_object('outbox_id', p_id, 'state', v_row.state)
    );
  end if;
  return v_row;
end
$function$;

create function console.outbox_end(p_row console.outbox, p_state text, p_outcome jsonb, p_error text) returns void
language plpgsql
set search_path = ''
as $function$
begin
  update console.outbox as o set
    state = p_state, outcome = p_outcome, last_error = coalesce(pg_catalog.left(p_error, 1000), o.last_error), lease = null, leased_until = null,
    done_at = case when p_state = 'done' then pg_catalog.clock_timestamp() end
  where o.id = p_row.id;
  perform console.audit_write(
    'system', 'outbox_' || p_state, 'effect', p_row.subject, pg_catalog.jsonb_build_object(
      'outbox_id', p_row.id, 'system', p_row.system, 'kind', p_row.kind, 'audit_id', p_row.audit_id,
      'attempts', p_row.attempts, 'outcome', p_outcome, 'error', p_error
    )
  );
end
$function$;

create function console.finish_outbox(p_id bigint, p_lease uuid, p_outcome jsonb default null) returns void
language plpgsql
security definer
set search_path = ''
as $function$
declare
  v_row console.outbox := console.outbox_leased(p_id, p_lease);
begin
  if v_row.kind = 'ensure_user' then
    perform console.seat_known(v_row, p_outcome);
  end if;
  perform console.outbox_end(v_row, 'done', p_outcome, null);
end
$function$;

create function console.bury_outbox(p_id bigint, p_lease uuid, p_error text) returns void
language plpgsql
security definer
set search_path = ''
as $function$
begin
  perform console.outbox_end(console.outbox_leased(p_id, p_lease), 'dead', null, coalesce(p_error, 'no reason given'));
end
$function$;

create function console.retry_outbox(p_id bigint, p_lease uuid, p_error text, p_at timestamptz) returns void
language plpgsql
security definer
set search_path = ''
as $function$
declare
  v_row console.outbox := console.outbox_leased(p_id, p_lease);
begin
  if p_at is null or not pg_catalog.isfinite(p_at) then
    perform console.refuse('HD005', 'Say when to try again.', '{"argument": "at"}');
  end if;
  update console.outbox as o set
    next_attempt_at = p_at, last_error = pg_catalog.left(coalesce(p_error, ''), 1000), lease = null, leased_until = null
  where o.id = v_row.id;
end
$function$;

-- Why an effect is not tried again; null: it may be.
create function console.requeue_hindrance(p_row console.outbox) returns text
language plpgsql
stable
set search_path = ''
as $function$
begin
  if p_row.state = 'pending' then
    return 'It waits for its turn already.';
  elsif p_row.state <> 'dead' then
    return 'Only effects that were given up are tried again by hand.';
  elsif exists (
    select from console.outbox as later
    where later.system = p_row.system and later.subject = p_row.subject and later.kind = p_row.kind and later.id > p_row.id
      and later.state in ('pending', 'done')
  ) then
    return 'A later effect for the same one has been done or is waiting: this one would undo it.';
  end if;
  return null;
end
$function$;

comment on function console.requeue_hindrance(console.outbox) is 'Internal: why an effect is not tried again, as a sentence.';

-- A person has mended what was in the way.
create function console.requeue_outbox(p_id bigint, p_reason text) returns void
language plpgsql
security definer
set search_path = ''
as $function$
declare
  v_staff console.staff := console.caller_elevated();
  v_row console.outbox;
  v_why text;
begin
  perform console.text_argument(pg_catalog.jsonb_build_object('reason', p_reason), 'reason', 3, 500);
  select o.* into v_row from console.outbox as o where o.id = p_id for update;
  if not found then
    perform console.refuse('HD006', 'There is no such effect.', pg_catalog.jsonb_build_object('outbox_id', p_id));
  end if;
  v_why := console.requeue_hindrance(v_row);
  if v_why is not null then
    perform console.refuse(
      case v_row.state when 'dead' then 'HD004' else 'HD007' end, v_why,
      pg_catalog.jsonb_build_object('outbox_id', p_id, 'state', v_row.state)
    );
  end if;
  update console.outbox as o set
    state = 'pending', attempts = 0, next_attempt_at = pg_catalog.clock_timestamp(), lease = null, leased_until = null,
    replayed_at = pg_catalog.clock_timestamp()
  where o.id = p_id;
  perform console.audit_write(
    'staff', 'requeue_outbox', 'effect', v_row.subject,
    pg_catalog.jsonb_build_object('reason', p_reason, 'outbox_id', p_id, 'login', v_staff.login)
  );
end
$function$;

-- How the effects of an action, or of a subject, stand.
create function console.outbox_of(p_audit_id bigint default null, p_subject text default null) returns table (
  id bigint, system text, kind text, subject text, cluster_id text, state text, attempts integer, next_attempt_at timestamptz,
  last_error text, created_at timestamptz, done_at timestamptz, outcome jsonb, audit_id bigint
)
language sql
stable
security definer
set search_path = ''
as $function$
  select
    o.id, o.system, o.kind, o.subject, o.cluster_id, o.state, o.attempts, o.next_attempt_at, o.last_error, o.created_at,
    o.done_at, o.outcome, o.audit_id
  from console.outbox as o
  where
    (o.audit_id = p_audit_id or (p_audit_id is null and o.subject = p_subject)
      or (p_audit_id is null and p_subject is null and o.state in ('pending', 'dead')))
  order by o.id desc
  limit 1000;
$function$;

comment on function console.claim_outbox(integer, timestamptz, boolean, text[]) is
  'Leases what is due for two minutes, per subject and system in its order, of these systems (null: of all). Staff get what their own actions wrote; programs may ask for all.';
comment on function console.finish_outbox(bigint, uuid, jsonb) is 'Marks a leased effect done.';
comment on function console.bury_outbox(bigint, uuid, text) is 'Gives a leased effect up; a person must look at it.';
comment on function console.retry_outbox(bigint, uuid, text, timestamptz) is 'Gives a leased effect back, to be tried again.';
comment on function console.requeue_outbox(bigint, text) is 'Tries an effect again that was given up; elevated.';
comment on function console.outbox_of(bigint, text) is
  'Effects of an audit entry, or of a subject; of neither: everything that waits or was given up.';
comment on function console.outbox_leased(bigint, uuid) is 'Internal: the effect, if the lease is still the caller''s.';
comment on function console.outbox_end(console.outbox, text, jsonb, text) is 'Internal: ends an effect and records it.';

insert into console.functions (name, groups) values
('set_effect', '{admin}'),
('claim_outbox', '{support,finance,admin,receiver}'),
('finish_outbox', '{support,finance,admin,receiver}'),
('retry_outbox', '{support,finance,admin,receiver}'),
('bury_outbox', '{support,finance,admin,receiver}'),
('requeue_outbox', '{support,finance,admin}'),
('outbox_of', '{support,finance,admin,auditor,receiver}');

insert into console.readable (relation, groups) values ('effects', '{support,finance,admin,auditor,receiver,collector}');
