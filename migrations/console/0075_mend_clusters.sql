-- What can safely be mended of what is found on a cluster (0074): the service's own count of seats, the number and login
-- under which Hopsworks knows somebody, and a user that is missing there. Actions like all others: planned, with a
-- reason, audited, taken back.

insert into console.actions (name, kind, title, groups, needs, whole_team) values
('recount_seats', 'cluster', 'Put the counter right', '{support,admin}', '{write_clusters:current_users,lock_clusters}', false),
('create_hopsworks_user', 'user', 'Have the Hopsworks user made', '{support,admin}', '{lock_users}', false),
('take_over_hopsworks_ids', 'user', 'Take over what Hopsworks says', '{support,admin}', '{write_cluster_assignments:hopsworks_user_id,lock_users}', false),
-- Only to take those back; no menu has them (0015).
('restore_counter', 'cluster', 'Put the counter back', '{support,admin}', '{write_clusters:current_users,lock_clusters}', false),
('restore_hopsworks_ids', 'user', 'Put number and login back', '{support,admin}', '{write_cluster_assignments:hopsworks_user_id,lock_users}', false);

-- The cluster of the seat that is meant: the one that is named, or else the one they have had least long.
create function console.seat_meant(p_plan jsonb) returns text
language plpgsql
stable
set search_path = ''
as $function$
declare
  v_cluster text := console.text_argument(p_plan -> 'arguments', 'cluster_id', 1, 100, false);
begin
  if v_cluster is null then
    return p_plan #>> '{state,cluster_id}';
  end if;
  if not exists (
    select from console.cluster_assignments as a where a.user_id = p_plan ->> 'subject' and a.cluster_id = v_cluster
  ) then
    perform console.refuse('HD007', 'Has no seat on that cluster.', '{"argument": "cluster_id"}');
  end if;
  return v_cluster;
end
$function$;

comment on function console.seat_meant(jsonb) is 'Internal: on which cluster the seat is that an action is about.';

-- Whether somebody's user is asked for at a cluster already; staff see nothing else of what is to be sent (0014).
create function console.hopsworks_user_asked(p_cluster_id text, p_user_id text) returns boolean
language sql
stable
security definer
set search_path = ''
as $function$
  select exists (
    select from console.outbox as o
    where o.subject = p_user_id and o.kind = 'ensure_user' and o.state = 'pending' and o.cluster_id = p_cluster_id
  );
$function$;

comment on function console.hopsworks_user_asked(text, text) is 'Whether a user of a cluster''s Hopsworks is asked for and not made yet.';

-- What stands against these, as hindrance() says it of the others.
create function console.mend_hindrance(p_action text, p_subject text, p_state jsonb) returns text
language plpgsql
stable
set search_path = ''
as $function$
declare
  v_counted bigint;
begin
  case p_action
    when 'recount_seats' then
      if not console.seats_are_kept() then
        return 'This database does not record seats, so there is nothing to count.';
      end if;
      select k.current_users into v_counted from console.clusters as k where k.id = p_subject;
      if v_counted = console.seats_taken(p_subject) then
        return 'The counter is right already.';
      end if;
    when 'create_hopsworks_user' then
      if p_state ->> 'cluster_id' is null then
        return 'Has no seat on a cluster.';
      end if;
      if coalesce(p_state ->> 'status', 'active') <> 'active' then
        return pg_catalog.format('Is %s, so none is made.', p_state ->> 'status');
      end if;
      -- On which of several clusters is said with the action.
      if not exists (
        select from console.cluster_assignments as a
        where a.user_id = p_subject and not console.hopsworks_user_asked(a.cluster_id, p_subject)
      ) then
        return 'Is asked for already, and tried again by itself.';
      end if;
    when 'take_over_hopsworks_ids' then
      if p_state ->> 'cluster_id' is null then
        return 'Has no seat on a cluster.';
      end if;
      if not exists (
        select from console.open_findings as f
        join console.cluster_assignments as a on a.user_id = f.subject and a.cluster_id = f.cluster_id
        where f.subject = p_subject and f.kind = 'ids_differ'
      ) then
        return 'By what was read of its cluster last, number and login are on record as Hopsworks says them.';
      end if;
    else
      null;
  end case;
  return null;
end
$function$;

comment on function console.mend_hindrance(text, text, jsonb) is 'Internal: what stands against mending something on a cluster, as a sentence.';

-- All clusters before this one, as whoever gives or takes a seat locks them: they set the counter, too.
create function console.recount_seats(p_subject text, p_arguments jsonb, p_expected text, p_dry_run boolean) returns jsonb
language plpgsql
security definer
set search_path = ''
as $function$
declare
  v_plan jsonb;
  v_counted bigint;
begin
  if console.lacking('{lock_clusters}') is null then
    perform console.lock_seats();
  end if;
  v_plan := console.act_begin('recount_seats', p_subject, p_arguments, p_expected, p_dry_run);
  select k.current_users into v_counted from console.clusters as k where k.id = p_subject;
  if v_counted = console.seats_taken(p_subject) then
    perform console.refuse('HD007', 'The counter is right already.', pg_catalog.jsonb_build_object('subject', p_subject));
  end if;
  return console.act_finish(console.planned_inverse(
    console.planned_change(
      v_plan, 'clusters', p_subject, 'current_users', pg_catalog.to_jsonb(v_counted),
      pg_catalog.to_jsonb(console.seats_taken(p_subject))
    ),
    'restore_counter', pg_catalog.jsonb_build_object('counter', v_counted)
  ));
end
$function$;

-- Back to what it was, however wrong that is.
create function console.restore_counter(p_subject text, p_arguments jsonb, p_expected text, p_dry_run boolean) returns jsonb
language plpgsql
security definer
set search_path = ''
as $function$
declare
  v_plan jsonb;
  v_counted bigint;
begin
  if console.lacking('{lock_clusters}') is null then
    perform console.lock_seats();
  end if;
  v_plan := console.act_begin('restore_counter', p_subject, p_arguments, p_expected, p_dry_run);
  if v_plan ->> 'undoes' is null then
    perform console.refuse('HD005', 'This only takes a count back.', '{"argument": "undoes"}');
  end if;
  select k.current_users into v_counted from console.clusters as k where k.id = p_subject;
  return console.act_finish(console.planned_change(
    v_plan, 'clusters', p_subject, 'current_users', pg_catalog.to_jsonb(v_counted), v_plan #> '{arguments,counter}'
  ));
end
$function$;

create function console.create_hopsworks_user(p_subject text, p_arguments jsonb, p_expected text, p_dry_run boolean) returns jsonb
language plpgsql
security definer
set search_path = ''
as $function$
declare
  v_plan jsonb := console.act_begin('create_hopsworks_user', p_subject, p_arguments, p_expected, p_dry_run);
  v_cluster text := console.seat_meant(v_plan);
begin
  if console.hopsworks_user_asked(v_cluster, p_subject) then
    perform console.refuse('HD007', 'Is asked for already, and tried again by itself.', pg_catalog.jsonb_build_object('subject', p_subject));
  end if;
  return console.act_finish(console.planned(v_plan, 'effects', pg_catalog.jsonb_build_object(
    'system', 'hopsworks', 'kind', 'ensure_user', 'effect', 'hopsworks_user', 'subject', p_subject, 'cluster_id', v_cluster,
    'payload', pg_catalog.jsonb_build_object('user_id', p_subject, 'cluster_id', v_cluster)
  )));
end
$function$;

-- Puts number and login of somebody's seat on a cluster to these, as far as this database records them; the rest of a plan.
create function console.planned_ids(p_plan jsonb, p_cluster_id text, p_values jsonb, p_inverse text) returns jsonb
language plpgsql
set search_path = ''
as $function$
declare
  v_plan jsonb := p_plan;
  v_seat jsonb;
  v_column text;
  v_was jsonb := pg_catalog.jsonb_build_object('cluster_id', p_cluster_id);
begin
  select pg_catalog.to_jsonb(a) into v_seat from console.cluster_assignments as a
  where a.user_id = p_plan ->> 'subject' and a.cluster_id = p_cluster_id order by a.assigned_at desc nulls last, a.id limit 1;
  foreach v_column in array array['hopsworks_user_id', 'hopsworks_username'] loop
    if p_values ? v_column and v_seat -> v_column is distinct from p_values -> v_column and console.can_write('write_cluster_assignments', v_column) then
      v_was := v_was || pg_catalog.jsonb_build_object(v_column, v_seat -> v_column);
      v_plan := console.planned_change(
        v_plan, 'cluster_assignments', v_seat ->> 'id', v_column, v_seat -> v_column, p_values -> v_column
      );
    end if;
  end loop;
  if v_plan -> 'changes' = '[]' then
    perform console.refuse('HD007', 'Is on record like that already.', '{"argument": "subject"}');
  end if;
  v_plan := console.act_finish(case
    when p_inverse is null then v_plan else console.planned_inverse(v_plan, p_inverse, v_was)
  end);
  if v_plan ->> 'audit_id' is not null then
    perform console.note_findings(v_seat ->> 'cluster_id', pg_catalog.clock_timestamp(), '{users}');
  end if;
  return v_plan;
end
$function$;

comment on function console.planned_ids(jsonb, text, jsonb, text) is 'Internal: finishes a plan that changes under which number and login a seat is known.';

create function console.take_over_hopsworks_ids(p_subject text, p_arguments jsonb, p_expected text, p_dry_run boolean) returns jsonb
language plpgsql
security definer
set search_path = ''
as $function$
declare
  v_plan jsonb := console.act_begin('take_over_hopsworks_ids', p_subject, p_arguments, p_expected, p_dry_run);
  v_cluster text := console.seat_meant(v_plan);
  v_there jsonb;
begin
  -- What was found, and is on screen: the same is taken over.
  select pg_catalog.jsonb_strip_nulls(pg_catalog.jsonb_build_object(
    'hopsworks_user_id', f.facts -> 'number_there', 'hopsworks_username', nullif(f.facts ->> 'username_there', '')
  )) into v_there
  from console.open_findings as f
  where f.kind = 'ids_differ' and f.subject = p_subject and f.cluster_id = v_cluster;
  if v_there is null then
    perform console.refuse(
      'HD007', 'By what was read of that cluster last, number and login are on record as Hopsworks says them.',
      '{"argument": "cluster_id"}'
    );
  end if;
  return console.planned_ids(v_plan, v_cluster, v_there, 'restore_hopsworks_ids');
end
$function$;

create function console.restore_hopsworks_ids(p_subject text, p_arguments jsonb, p_expected text, p_dry_run boolean) returns jsonb
language plpgsql
security definer
set search_path = ''
as $function$
declare
  v_plan jsonb := console.act_begin('restore_hopsworks_ids', p_subject, p_arguments, p_expected, p_dry_run);
begin
  if v_plan ->> 'undoes' is null then
    perform console.refuse('HD005', 'This only takes such a change back.', '{"argument": "undoes"}');
  end if;
  -- The seat that was changed, though they may have a newer one by now.
  return console.planned_ids(v_plan, console.seat_meant(v_plan), (v_plan -> 'arguments') - 'cluster_id', null);
end
$function$;

comment on function console.recount_seats(text, jsonb, text, boolean) is
  'Action. No arguments: the service''s own count of a cluster is put to the seats that are taken.';
comment on function console.restore_counter(text, jsonb, text, boolean) is 'Action, only to take recount_seats back. Arguments: counter.';
comment on function console.restore_hopsworks_ids(text, jsonb, text, boolean) is
  'Action, only to take take_over_hopsworks_ids back. Arguments: cluster_id, hopsworks_user_id, hopsworks_username.';
comment on function console.create_hopsworks_user(text, jsonb, text, boolean) is
  'Action. Arguments: cluster_id, where they have several seats. Asks that cluster for the Hopsworks user that belongs to it.';
comment on function console.take_over_hopsworks_ids(text, jsonb, text, boolean) is
  'Action. Arguments: cluster_id, where they have several seats. Number and login of a seat are put to what Hopsworks says.';

insert into console.functions (name, groups) values
('hopsworks_user_asked', '{support,finance,admin,auditor}'),
('recount_seats', '{support,admin}'),
('create_hopsworks_user', '{support,admin}'),
('take_over_hopsworks_ids', '{support,admin}'),
('restore_counter', '{support,admin}'),
('restore_hopsworks_ids', '{support,admin}');

select console.renew_grants();
