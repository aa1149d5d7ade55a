-- Staff and the line for seats: whoever waits is taken out of it, and put back where they stood. Whoever never asked, or
-- had a seat and lost it, is put in line by somebody who decides so: a seat that becomes free is then theirs in their turn.

insert into console.actions (name, kind, title, groups, needs, whole_team) values
('join_seat_line', 'user', 'Put in line for a seat', '{support,admin}', '{insert_cluster_assignments,lock_users,lock_clusters}', false),
('leave_seat_line', 'user', 'Take out of the line for a seat', '{support,admin}', '{lock_users}', false);

-- What stands against it, as a sentence.
create function console.line_hindrance(p_action text, p_subject text, p_state jsonb) returns text
language plpgsql
stable
set search_path = ''
as $function$
declare
  v_there console.seat_requests;
begin
  select r.* into v_there from console.seat_requests as r where r.user_id = p_subject;
  if p_action = 'leave_seat_line' then
    return case when v_there.state is distinct from 'waiting' then 'Waits for no seat.' end;
  end if;
  return case
    when p_state ->> 'status' = 'deleted' then 'Deleted: restore the user first.'
    when p_state ->> 'cluster_id' is not null then 'Has a seat already.'
    when v_there.state = 'waiting' then 'Waits for a seat already.'
    -- Whoever was taken out goes back to what they waited for, whatever the switch says by now.
    when v_there.why is distinct from 'taken_out' and console.assignment_mode() <> 'live'
      then 'Seats are not given by themselves here: place them on a cluster.'
  end;
end
$function$;

comment on function console.line_hindrance(text, text, jsonb) is 'Internal: what stands against taking somebody out of the line for seats, or putting them in.';

-- Whoever is taken out keeps their place, should they be put back. Answers what the row is found by.
create function console.write_seat_requests(p_id text, p_values jsonb) returns text
language plpgsql
set search_path = ''
as $function$
declare
  v_now timestamptz := pg_catalog.clock_timestamp();
  v_due timestamptz;
begin
  if p_values ->> 'state' = 'withdrawn' then
    update console.seat_requests as r set
      state = 'withdrawn', why = 'taken_out', ended_at = v_now, cluster_id = null, choice = null, next_at = null
    where r.user_id = p_id;
    return p_id;
  end if;
  -- Whoever changes the rule waits for this, as in request_seat.
  perform from console.assignment_rules as u for share;
  if exists (select from console.assignment_rules as u where u.due_on = 'registration') or not exists (
    select from console.seat_requests as r where r.user_id = p_id and r.why = 'taken_out'
  ) or exists (
    select from console.users as u where u.id = p_id and (u.account_owner_id is not null or console.has_paid(u.id))
  ) then
    v_due := v_now;
  end if;
  insert into console.seat_requests as r (user_id, cause, mode, due_at, why)
  values (p_id, 'staff', coalesce(nullif(console.assignment_mode(), 'off'), 'shadow'), v_due, case when v_due is null then 'no_payment' end)
  on conflict (user_id) do update set
    state = 'waiting', ended_at = null, audit_id = null, choice = null, cluster_id = null, looked_at = null, next_at = null,
    cause = case r.why when 'taken_out' then r.cause else excluded.cause end,
    mode = case r.why when 'taken_out' then r.mode else excluded.mode end,
    due_at = case r.why when 'taken_out' then coalesce(r.due_at, excluded.due_at) else excluded.due_at end,
    requested_at = case r.why when 'taken_out' then r.requested_at else excluded.requested_at end,
    why = case when r.due_at is null then excluded.why end;
  return p_id;
end
$function$;

comment on function console.write_seat_requests(text, jsonb) is 'Internal: takes somebody out of the line for seats, or puts them in.';

create function console.line_changed(
  p_action text, p_inverse text, p_after text, p_subject text, p_arguments jsonb, p_expected text, p_dry_run boolean
) returns jsonb
language plpgsql
set search_path = ''
as $function$
declare
  v_plan jsonb := console.act_begin(p_action, p_subject, p_arguments, p_expected, p_dry_run);
  v_there console.seat_requests;
  v_why text;
begin
  -- Whoever looks at the line may have ended it meanwhile: the person is locked by now, and so is their place.
  select r.* into v_there from console.seat_requests as r where r.user_id = p_subject for update;
  v_why := console.line_hindrance(p_action, p_subject, v_plan -> 'state');
  if v_why is not null then
    perform console.refuse('HD007', v_why, pg_catalog.jsonb_build_object('subject', p_subject));
  end if;
  v_plan := console.planned_change(
    v_plan, 'seat_requests', p_subject, 'state', pg_catalog.to_jsonb(v_there.state), pg_catalog.to_jsonb(p_after)
  );
  return console.act_finish(console.planned_inverse(v_plan, p_inverse));
end
$function$;

comment on function console.line_changed(text, text, text, text, jsonb, text, boolean) is 'Internal: leave_seat_line and join_seat_line.';

create function console.leave_seat_line(p_subject text, p_arguments jsonb, p_expected text, p_dry_run boolean) returns jsonb
language sql
security definer
set search_path = ''
as $function$
  select console.line_changed('leave_seat_line', 'join_seat_line', 'withdrawn', p_subject, p_arguments, p_expected, p_dry_run);
$function$;

create function console.join_seat_line(p_subject text, p_arguments jsonb, p_expected text, p_dry_run boolean) returns jsonb
language sql
security definer
set search_path = ''
as $function$
  select console.line_changed('join_seat_line', 'leave_seat_line', 'waiting', p_subject, p_arguments, p_expected, p_dry_run);
$function$;

comment on function console.leave_seat_line(text, jsonb, text, boolean) is
  'Action. No arguments. They are given no seat by themselves any more, whatever they pay or join, until they are put back.';
comment on function console.join_seat_line(text, jsonb, text, boolean) is
  'Action. No arguments. Whoever was taken out has their place again; anybody else stands at the end.';

insert into console.functions (name, groups)
select a.name, a.groups from console.actions as a where a.name in ('leave_seat_line', 'join_seat_line');

insert into console.readable (relation, groups) values ('assignment_rules', '{support,finance,admin,auditor}');

select console.renew_grants();
