-- Actions on clusters and seats. Seats are counted from the assignments, never from the service's own
-- count, which drifts; that count is set right on the way.

insert into console.actions (name, kind, title, groups, needs, whole_team) values
('assign_cluster', 'user', 'Place on a cluster', '{support,admin}', '{write_cluster_assignments:cluster_id,insert_cluster_assignments,lock_users,lock_clusters}', false),
('unassign_cluster', 'user', 'Take the seat away', '{support,admin}', '{delete_cluster_assignments,lock_users,lock_clusters}', false),
('add_cluster', 'service', 'Add a cluster', '{admin}', '{insert_clusters}', false),
('edit_cluster', 'cluster', 'Edit', '{admin}', '{write_clusters:name,lock_clusters}', false),
('drain_cluster', 'cluster', 'Take no new users', '{admin}', '{write_clusters:status,lock_clusters}', false),
('retire_cluster', 'cluster', 'Retire', '{admin}', '{write_clusters:status,lock_clusters}', false),
('reopen_cluster', 'cluster', 'Open for new users', '{admin}', '{write_clusters:status,lock_clusters}', false);

-- All clusters, in the order of ids: the last seat is given once, and a move holds both ends. One at a time, since a
-- cluster may be added between two seats of one bulk, and would then be locked out of order.
create function console.lock_seats() returns void
language plpgsql
set search_path = ''
as $function$
begin
  perform pg_catalog.pg_advisory_xact_lock(pg_catalog.hashtextextended('console.lock_seats', 20));
  perform console.lock_clusters(null);
end
$function$;

comment on function console.lock_seats() is 'Internal: whoever gives or takes seats waits here for whoever does already.';

create function console.seats_taken(p_cluster_id text) returns bigint
language plpgsql
stable
set search_path = ''
as $function$
begin
  return (select pg_catalog.count(distinct a.user_id) from console.cluster_assignments as a where a.cluster_id = p_cluster_id);
end
$function$;

-- The service's own count follows. It is not part of what an undo compares: others may have come since.
create function console.planned_count(p_plan jsonb, p_cluster_id text, p_difference integer) returns jsonb
language plpgsql
stable
set search_path = ''
as $function$
declare
  v_cluster record;
begin
  if p_cluster_id is null or not console.can_write('write_clusters', 'current_users') then
    return p_plan;
  end if;
  select k.name, k.current_users into v_cluster from console.clusters as k where k.id = p_cluster_id;
  if not found or v_cluster.current_users = console.seats_taken(p_cluster_id) + p_difference then
    return p_plan;
  end if;
  return console.planned(p_plan, 'changes', pg_catalog.jsonb_build_object(
    'table', 'clusters', 'id', p_cluster_id, 'label', v_cluster.name, 'column', 'current_users',
    'before', v_cluster.current_users, 'after', console.seats_taken(p_cluster_id) + p_difference, 'derived', true
  ));
end
$function$;

comment on function console.seats_taken(text) is 'Internal: seats of a cluster that are taken, by the assignments.';
comment on function console.planned_count(jsonb, text, integer) is 'Internal: sets the service''s own count of a cluster right.';

-- A cluster that is named is obeyed; otherwise the owner's for members, else the least filled with room.
create function console.assign_cluster(p_subject text, p_arguments jsonb, p_expected text, p_dry_run boolean) returns jsonb
language plpgsql
security definer
set search_path = ''
set timezone to 'UTC'
as $function$
declare
  v_plan jsonb := console.act_begin('assign_cluster', p_subject, p_arguments, p_expected, p_dry_run);
  v_wanted text := console.text_argument(v_plan -> 'arguments', 'cluster_id', 1, 255, false);
  v_by text := 'admin';
  v_cluster record;
  v_seat record;
  v_members bigint;
  v_choice jsonb;
begin
  perform console.lock_seats();
  if v_wanted is null then
    v_by := 'system';
    -- Chosen as for those who are placed by themselves (0072).
    v_choice := console.seat_choice(p_subject, null);
    v_wanted := v_choice ->> 'cluster_id';
    if v_wanted is null then
      perform console.refuse('HD007', console.seat_refusal(v_choice), '{"argument": "cluster_id"}');
    end if;
  end if;
  select k.id, k.name, k.status, k.max_users into v_cluster from console.clusters as k where k.id = v_wanted;
  if v_cluster.id is null then
    perform console.refuse('HD006', 'There is no such cluster.', '{"argument": "cluster_id"}');
  end if;
  if v_cluster.id = v_plan #>> '{state,cluster_id}' then
    perform console.refuse('HD007', pg_catalog.format('Is on %s already.', v_cluster.name), '{"argument": "cluster_id"}');
  end if;
  if v_cluster.status = 'inactive' then
    perform console.refuse('HD007', pg_catalog.format('%s is retired.', v_cluster.name), '{"argument": "cluster_id"}');
  end if;
  if console.seats_taken(v_cluster.id) >= v_cluster.max_users then
    if coalesce(v_plan #> '{arguments,beyond_limit}' = 'true', false) then
      v_plan := console.planned(v_plan, 'warnings', pg_catalog.to_jsonb(pg_catalog.format('%s goes beyond its %s seats.', v_cluster.name, v_cluster.max_users)));
    else
      perform console.refuse(
        'HD007', pg_catalog.format('%s is full: %s of %s seats are taken.', v_cluster.name, console.seats_taken(v_cluster.id), v_cluster.max_users),
        pg_catalog.jsonb_build_object('argument', 'cluster_id', 'taken', console.seats_taken(v_cluster.id), 'limit', v_cluster.max_users)
      );
    end if;
  end if;
  if v_cluster.status is distinct from 'active' then
    v_plan := console.planned(v_plan, 'warnings', pg_catalog.to_jsonb(pg_catalog.format('%s is %s: nobody is placed there automatically.', v_cluster.name, coalesce(v_cluster.status, 'without a status'))));
  end if;

  select a.id, a.cluster_id, a.assigned_at, a.assigned_by, a.hopsworks_user_id into v_seat
  from console.cluster_assignments as a
  where a.user_id = p_subject order by a.assigned_at desc nulls last, a.id limit 1;
  if v_seat.cluster_id is not null then
    -- Before the move is planned: the old seat is known by the old cluster's numbers.
    v_plan := console.planned_hopsworks(v_plan, array[p_subject], 'set_status', 'hopsworks_status', '{"status": 3}');
    v_plan := console.planned_change(
      v_plan, 'cluster_assignments', v_seat.id, 'cluster_id', pg_catalog.to_jsonb(v_seat.cluster_id), pg_catalog.to_jsonb(v_cluster.id)
    );
    if console.can_write('write_cluster_assignments', 'assigned_by') then
      v_plan := console.planned_change(
        v_plan, 'cluster_assignments', v_seat.id, 'assigned_by', pg_catalog.to_jsonb(v_seat.assigned_by), pg_catalog.to_jsonb(v_by)
      );
    end if;
    if console.can_write('write_cluster_assignments', 'assigned_at') then
      v_plan := console.planned_change(
        v_plan, 'cluster_assignments', v_seat.id, 'assigned_at', pg_catalog.to_jsonb(v_seat.assigned_at), pg_catalog.to_jsonb(pg_catalog.now())
      );
    end if;
    -- The numeric id is the old cluster's.
    if console.can_write('write_cluster_assignments', 'hopsworks_user_id') then
      v_plan := console.planned_change(
        v_plan, 'cluster_assignments', v_seat.id, 'hopsworks_user_id', pg_catalog.to_jsonb(v_seat.hopsworks_user_id), null
      );
    end if;
    v_plan := console.planned_inverse(v_plan, 'assign_cluster', pg_catalog.jsonb_build_object('cluster_id', v_seat.cluster_id, 'beyond_limit', true));
  else
    v_plan := console.planned(v_plan, 'inserts', pg_catalog.jsonb_build_object(
      'table', 'cluster_assignments', 'label', v_cluster.name,
      'values', pg_catalog.jsonb_build_object(
        'user_id', p_subject, 'cluster_id', v_cluster.id, 'assigned_by', v_by, 'assigned_at', pg_catalog.now()
      ),
      'inverse', pg_catalog.jsonb_build_object('action', 'unassign_cluster', 'subject', p_subject, 'arguments', '{}'::jsonb)
    ));
  end if;
  v_plan := console.planned_count(v_plan, v_cluster.id, 1);
  v_plan := console.planned_count(v_plan, v_seat.cluster_id, -1);
  v_plan := console.planned(v_plan, 'effects', pg_catalog.jsonb_build_object(
    'system', 'hopsworks', 'kind', 'ensure_user', 'effect', 'hopsworks_user', 'subject', p_subject, 'cluster_id', v_cluster.id,
    'payload', pg_catalog.jsonb_build_object('user_id', p_subject, 'cluster_id', v_cluster.id)
  ));
  select pg_catalog.count(*) into v_members
  from console.users as m
  join console.cluster_assignments as a on a.user_id = m.id
  where m.account_owner_id = p_subject and a.cluster_id is distinct from v_cluster.id;
  if v_members > 0 then
    v_plan := console.planned(v_plan, 'warnings', pg_catalog.to_jsonb(pg_catalog.format('%s members stay on another cluster: move them too.', v_members)));
  end if;
  v_plan := console.act_finish(v_plan);
  if v_plan ->> 'audit_id' is not null then
    perform console.forget_findings_about(p_subject);
  end if;
  return v_plan;
end
$function$;

create function console.unassign_cluster(p_subject text, p_arguments jsonb, p_expected text, p_dry_run boolean) returns jsonb
language plpgsql
security definer
set search_path = ''
as $function$
declare
  v_plan jsonb := console.act_begin('unassign_cluster', p_subject, p_arguments, p_expected, p_dry_run);
  v_seat record;
begin
  perform console.lock_seats();
  select a.id, a.cluster_id, k.name into v_seat
  from console.cluster_assignments as a
  left join console.clusters as k on k.id = a.cluster_id
  where a.user_id = p_subject order by a.assigned_at desc nulls last, a.id limit 1;
  v_plan := console.planned_hopsworks(v_plan, array[p_subject], 'set_status', 'hopsworks_status', '{"status": 3}');
  v_plan := console.planned(v_plan, 'deletes', pg_catalog.jsonb_build_object(
    'table', 'cluster_assignments', 'id', v_seat.id, 'label', v_seat.name,
    'before', console.current_value('cluster_assignments', v_seat.id, '*')
  ));
  v_plan := console.planned_count(v_plan, v_seat.cluster_id, -1);
  v_plan := console.act_finish(console.planned_inverse(
    v_plan, 'assign_cluster', pg_catalog.jsonb_build_object('cluster_id', v_seat.cluster_id, 'beyond_limit', true)
  ));
  -- A payment or a replay must not bring it back: who does is whoever decides again.
  if v_plan ->> 'audit_id' is not null then
    perform console.seat_taken_away(p_subject);
    perform console.forget_findings_about(p_subject);
  end if;
  return v_plan;
end
$function$;

-- Hopsworks has the user now, and says under which number: the seat is found by it from now on. A seat that
-- has moved on meanwhile keeps what it has.
create function console.seat_known(p_row console.outbox, p_outcome jsonb) returns void
language plpgsql
set search_path = ''
as $function$
declare
  v_seat record;
  v_known jsonb;
begin
  if p_outcome ->> 'hopsworks_user_id' is null then
    return;
  end if;
  if p_outcome ->> 'hopsworks_user_id' !~ '^[0-9]{1,9}$' or pg_catalog.length(p_outcome ->> 'hopsworks_username') > 255 then
    perform console.refuse('HD005', 'That is no user of Hopsworks.', '{"argument": "outcome"}');
  end if;
  select pg_catalog.jsonb_object_agg(o.key, o.value) into v_known
  from pg_catalog.jsonb_each(p_outcome) as o
  where o.key in ('hopsworks_user_id', 'hopsworks_username') and console.can_write('write_cluster_assignments', o.key);
  select a.id into v_seat from console.cluster_assignments as a
  where a.user_id = p_row.subject and a.cluster_id = p_row.cluster_id limit 1;
  if found and v_known is not null then
    perform console.write_cluster_assignments(v_seat.id, v_known);
  end if;
  perform console.note_hopsworks_user(
    p_row.cluster_id, p_row.subject, (p_outcome ->> 'hopsworks_user_id')::bigint, p_outcome ->> 'hopsworks_username'
  );
end
$function$;

comment on function console.seat_known(console.outbox, jsonb) is 'Internal: keeps the number under which Hopsworks knows a user.';

create function console.cluster_arguments(p_arguments jsonb, p_all boolean) returns jsonb
language plpgsql
immutable
set search_path = ''
as $function$
declare
  v_given jsonb := '{}';
  v_url text;
begin
  if p_all or p_arguments ? 'name' then
    v_given := v_given || pg_catalog.jsonb_build_object('name', console.text_argument(p_arguments, 'name', 1, 100));
  end if;
  if p_all or p_arguments ? 'api_url' then
    v_url := console.text_argument(p_arguments, 'api_url', 8, 500);
    -- A user and password in an address would end up in every list and log.
    if v_url !~ '^https?://[A-Za-z0-9.:\[\]-]+(/[^[:space:]@]*)?$' then
      perform console.refuse('HD005', 'Give the address as https://host, without user, password or spaces.', '{"argument": "api_url"}');
    end if;
    v_given := v_given || pg_catalog.jsonb_build_object('api_url', v_url);
  end if;
  if p_all or p_arguments ? 'region' then
    v_given := v_given || pg_catalog.jsonb_build_object('region', console.text_argument(p_arguments, 'region', 1, 100, false));
  end if;
  if p_all or p_arguments ? 'max_users' then
    v_given := v_given || pg_catalog.jsonb_build_object('max_users', pg_catalog.trunc(console.amount_argument(p_arguments, 'max_users', 0, 1000000)));
  end if;
  if v_given = '{}' then
    perform console.refuse('HD005', 'Give what is to be changed: name, api url, region or max users.', '{"argument": "arguments"}');
  end if;
  return v_given;
end
$function$;

comment on function console.cluster_arguments(jsonb, boolean) is 'Internal: what may be said of a cluster, checked. Never a secret.';

-- New clusters take nobody until their keys are sealed in and somebody opens them.
create function console.add_cluster(p_subject text, p_arguments jsonb, p_expected text, p_dry_run boolean) returns jsonb
language plpgsql
security definer
set search_path = ''
as $function$
declare
  v_plan jsonb := console.act_begin('add_cluster', null, p_arguments, p_expected, p_dry_run);
  v_values jsonb := console.cluster_arguments(v_plan -> 'arguments', true) || '{"status": "maintenance"}';
begin
  if exists (select from console.clusters as k where pg_catalog.lower(k.name) = pg_catalog.lower(v_values ->> 'name')) then
    perform console.refuse('HD007', 'There is a cluster of that name already.', '{"argument": "name"}');
  end if;
  return console.act_finish(console.planned(v_plan, 'inserts', pg_catalog.jsonb_build_object(
    'table', 'clusters', 'label', v_values ->> 'name', 'values', v_values,
    'inverse', '{"action": "retire_cluster", "arguments": {}}'::jsonb
  )));
end
$function$;

create function console.edit_cluster(p_subject text, p_arguments jsonb, p_expected text, p_dry_run boolean) returns jsonb
language plpgsql
security definer
set search_path = ''
as $function$
declare
  v_plan jsonb := console.act_begin('edit_cluster', p_subject, p_arguments, p_expected, p_dry_run);
  v_values jsonb := console.cluster_arguments(v_plan -> 'arguments', false);
  v_one record;
  v_before jsonb := '{}';
begin
  for v_one in select e.key, e.value from pg_catalog.jsonb_each(v_values) as e order by e.key loop
    if not console.can_write('write_clusters', v_one.key) then
      perform console.refuse('HD008', console.lacking(array['write_clusters:' || v_one.key]), pg_catalog.jsonb_build_object('argument', v_one.key));
    end if;
    v_plan := console.planned_change(v_plan, 'clusters', p_subject, v_one.key, v_plan -> 'state' -> v_one.key, v_one.value);
    v_before := v_before || pg_catalog.jsonb_build_object(v_one.key, v_plan -> 'state' -> v_one.key);
  end loop;
  if v_plan -> 'changes' = '[]' then
    perform console.refuse('HD007', 'Nothing of that is new.', '{"argument": "arguments"}');
  end if;
  if (v_values ->> 'max_users')::bigint < console.seats_taken(p_subject) then
    v_plan := console.planned(v_plan, 'warnings', pg_catalog.to_jsonb(pg_catalog.format(
      '%s seats are taken already; nobody loses theirs.', console.seats_taken(p_subject)
    )));
  end if;
  return console.act_finish(console.planned_inverse(v_plan, 'edit_cluster', v_before));
end
$function$;

create function console.cluster_status(
  p_action text, p_status text, p_subject text, p_arguments jsonb, p_expected text, p_dry_run boolean
) returns jsonb
language plpgsql
set search_path = ''
as $function$
declare
  v_plan jsonb := console.act_begin(p_action, p_subject, p_arguments, p_expected, p_dry_run);
begin
  v_plan := console.planned_change(v_plan, 'clusters', p_subject, 'status', v_plan #> '{state,status}', pg_catalog.to_jsonb(p_status));
  return console.act_finish(console.planned_inverse(v_plan, case v_plan #>> '{state,status}'
    when 'maintenance' then 'drain_cluster' when 'inactive' then 'retire_cluster' else 'reopen_cluster' end));
end
$function$;

comment on function console.cluster_status(text, text, text, jsonb, text, boolean) is 'Internal: an action that sets a cluster''s status.';

create function console.drain_cluster(p_subject text, p_arguments jsonb, p_expected text, p_dry_run boolean) returns jsonb
language sql
security definer
set search_path = ''
as $function$
  select console.cluster_status('drain_cluster', 'maintenance', p_subject, p_arguments, p_expected, p_dry_run);
$function$;

create function console.retire_cluster(p_subject text, p_arguments jsonb, p_expected text, p_dry_run boolean) returns jsonb
language sql
security definer
set search_path = ''
as $function$
  select console.cluster_status('retire_cluster', 'inactive', p_subject, p_arguments, p_expected, p_dry_run);
$function$;

create function console.reopen_cluster(p_subject text, p_arguments jsonb, p_expected text, p_dry_run boolean) returns jsonb
language sql
security definer
set search_path = ''
as $function$
  select console.cluster_status('reopen_cluster', 'active', p_subject, p_arguments, p_expected, p_dry_run);
$function$;

comment on function console.assign_cluster(text, jsonb, text, boolean) is
  'Action. Arguments: cluster_id (left out: chosen), beyond_limit (true: also where no seat is free). Moves whoever has a seat elsewhere.';
comment on function console.unassign_cluster(text, jsonb, text, boolean) is 'Action. No arguments.';
comment on function console.add_cluster(text, jsonb, text, boolean) is 'Action. No subject. Arguments: name, api_url, region, max_users.';
comment on function console.edit_cluster(text, jsonb, text, boolean) is 'Action. Arguments: any of name, api_url, region, max_users.';
comment on function console.drain_cluster(text, jsonb, text, boolean) is 'Action. No arguments. Nobody new is placed there.';
comment on function console.retire_cluster(text, jsonb, text, boolean) is 'Action. No arguments. Only when nobody has a seat there.';
comment on function console.reopen_cluster(text, jsonb, text, boolean) is 'Action. No arguments.';
