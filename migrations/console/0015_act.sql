-- The way of every action: begin (who, may they, which subject, has it changed, what stands against it),
-- a plan of what would change, then one finish that writes change, audit and outbox together. Actions
-- themselves only plan, so there is one place where anything is written.

create table console.actions (
  name text not null primary key,
  kind text not null,
  title text not null,
  groups text[] not null,
  needs text[] not null default '{}',
  whole_team boolean not null default false,
  position integer not null generated always as identity,

  constraint actions_kind_check check (kind in ('user', 'account', 'cluster', 'invite', 'service', 'any')),
  constraint actions_groups_check check (groups <@ array['support', 'finance', 'admin'])
);

comment on table console.actions is 'What staff can do: on what, who may, and what the database must have for it.';
comment on column console.actions.kind is 'Of the subject. service: there is none yet (something is added). any: every kind.';
comment on column console.actions.title is 'A few words for menus.';
comment on column console.actions.needs is 'Generated functions it writes with, each as function or function:column.';
comment on column console.actions.whole_team is 'It reaches the members too: their rows are locked with the owner''s.';

alter table console.actions enable row level security;

-- Columns that each generated function writes, by canonical name: a database need not have them all.
alter table console.attached_functions add column writes text[] not null default '{}';
comment on column console.attached_functions.writes is 'Canonical columns it can write in this database.';

-- Who was suspended or deleted, and what they were before; with whom, so that reactivating an account
-- brings back those who were suspended with it and nobody else. Blocked is apart from both: it is about
-- signing in at Auth0, whatever the account may do here.
create table console.holds (
  id bigint not null generated always as identity primary key,
  user_id text not null,
  hold text not null,
  status_before text,
  with_account text not null,
  audit_id bigint not null references console.audit (id),
  lifted_by bigint references console.audit (id),

  constraint holds_hold_check check (hold in ('suspended', 'deleted', 'blocked'))
);

create unique index holds_open_key on console.holds (user_id, hold) where lifted_by is null;
create index holds_account_idx on console.holds (with_account) where lifted_by is null;

comment on table console.holds is 'Suspensions, deletions and blocks by staff: who, what they were before, whose account they followed, and what lifted them.';

alter table console.holds enable row level security;

-- What the database lacks for an action, as a sentence; null: nothing.
create function console.lacking(p_needs text[]) returns text
language sql
stable
set search_path = ''
as $function$
  select case
    when f.function_name is null then 'These tables are not attached: run attach.'
    when not f.generated then pg_catalog.format('This database cannot take it: %s.', f.reason)
    else pg_catalog.format('This database has no column for %s.', pg_catalog.replace(pg_catalog.split_part(n, ':', 2), '_', ' '))
  end
  from pg_catalog.unnest(p_needs) as n
  left join console.attached_functions as f on f.function_name = pg_catalog.split_part(n, ':', 1)
  where
    f.function_name is null or not f.generated
    or (n like '%:%' and not pg_catalog.split_part(n, ':', 2) = any (f.writes))
  limit 1;
$function$;

create function console.can_write(p_function text, p_column text) returns boolean
language sql
stable
set search_path = ''
as $function$
  select exists (
    select from console.attached_functions as f where f.function_name = p_function and f.generated and p_column = any (f.writes)
  );
$function$;

comment on function console.lacking(text[]) is 'Internal: what this database lacks for an action, as a sentence.';
comment on function console.can_write(text, text) is 'Internal: whether a generated function writes a column here.';

create function console.invite_id(p_subject text) returns text
language plpgsql
stable
set search_path = ''
as $function$
begin
  -- By the index where ids are uuids; ids of other types are few.
  if p_subject ~ '^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$' then
    return (select t.id from console.team_invites as t where t.row_id = p_subject::uuid);
  end if;
  return (select t.id from console.team_invites as t where t.id = p_subject);
end
$function$;

-- What decides about a subject, and what staff see of it before they act. Null: there is none.
create function console.subject_state(p_kind text, p_subject text) returns jsonb
language plpgsql
stable
set search_path = ''
set timezone to 'UTC'
as $function$
begin
  if p_kind in ('user', 'account') then
    return (
      select pg_catalog.jsonb_build_object(
        'name', u.name, 'email', u.email, 'status', u.status, 'account_owner_id', u.account_owner_id,
        'billing_mode', u.billing_mode, 'spending_cap', u.spending_cap, 'feature_flags', u.feature_flags,
        'is_admin', u.is_admin, 'deleted_at', u.deleted_at,
        'blocked', exists (
          select from console.holds as h where h.user_id = u.id and h.hold = 'blocked' and h.lifted_by is null
        ),
        'cluster_id', (
          select a.cluster_id from console.cluster_assignments as a
          where a.user_id = u.id order by a.assigned_at desc nulls last, a.id limit 1
        ),
        'members', (
          select coalesce(pg_catalog.jsonb_agg(pg_catalog.jsonb_build_array(m.id, m.status) order by m.id), '[]')
          from console.users as m where m.account_owner_id = u.id
        )
      )
      from console.users as u where u.id = p_subject
    );
  elsif p_kind = 'cluster' then
    return (
      select pg_catalog.jsonb_build_object(
        'name', k.name, 'api_url', k.api_url, 'region', k.region, 'status', k.status, 'max_users', k.max_users
      )
      from console.clusters as k where k.id = p_subject
    );
  elsif p_kind = 'invite' then
    return (
      select pg_catalog.jsonb_build_object(
        'email', t.email, 'account_owner_id', t.account_owner_id, 'project_role', t.project_role,
        'expires_at', t.expires_at, 'accepted_at', t.accepted_at
      )
      from console.team_invites as t where t.id = console.invite_id(p_subject)
    );
  end if;
  return null;
end
$function$;

-- One digest a column, so that it can be said which column changed.
create function console.version_of(p_state jsonb) returns text
language sql
immutable
set search_path = ''
as $function$
  select pg_catalog.string_agg(
    s.key || ':' || pg_catalog.left(pg_catalog.encode(pg_catalog.sha256(pg_catalog.convert_to(s.value::text, 'UTF8')), 'hex'), 10),
    ' ' order by s.key
  )
  from pg_catalog.jsonb_each(p_state) as s;
$function$;

create function console.check_version(p_subject text, p_state jsonb, p_expected text) returns void
language plpgsql
stable
set search_path = ''
as $function$
declare
  v_changed jsonb;
  v_latest jsonb;
begin
  if p_expected is null or p_expected = console.version_of(p_state) then
    return;
  end if;
  select pg_catalog.jsonb_agg(pg_catalog.jsonb_build_object('column', s.key, 'now', s.value) order by s.key) into v_changed
  from pg_catalog.jsonb_each(p_state) as s
  where not console.version_of(pg_catalog.jsonb_build_object(s.key, s.value)) = any (pg_catalog.string_to_array(p_expected, ' '));
  select pg_catalog.jsonb_agg(pg_catalog.jsonb_build_object('audit_id', a.id, 'at', a.at, 'login', a.login, 'action', a.action)) into v_latest
  from (
    select e.id, e.at, e.login, e.action from console.audit as e
    where e.subject = p_subject and e.chain = 'staff' order by e.id desc limit 3
  ) as a;
  perform console.refuse(
    'HD004',
    pg_catalog.format(
      'This has changed since you looked: %s. Look again, then decide.',
      coalesce((
        select pg_catalog.string_agg(pg_catalog.replace(c ->> 'column', '_', ' '), ', ') from pg_catalog.jsonb_array_elements(v_changed) as c
      ), 'more than can be told')
    ),
    pg_catalog.jsonb_build_object('changed', coalesce(v_changed, '[]'), 'latest', coalesce(v_latest, '[]'), 'version', console.version_of(p_state))
  );
end
$function$;

comment on function console.subject_state(text, text) is 'Internal: what decides about a subject, as an object.';
comment on function console.version_of(jsonb) is 'Internal: a state as digests, one a column.';
comment on function console.check_version(text, jsonb, text) is 'Internal: refuses when the state is not the one that was seen, and says what changed.';
comment on function console.invite_id(text) is 'Internal: an invitation''s id, if there is one.';

-- What stands against an action, whoever asks, as a sentence; null: nothing. Read by the actions and by
-- the menus, so that the two cannot differ.
create function console.hindrance(p_action text, p_subject text, p_state jsonb) returns text
language plpgsql
stable
set search_path = ''
as $function$
declare
  v_status text := p_state ->> 'status';
  v_owner text := p_state ->> 'account_owner_id';
  v_members bigint;
begin
  if p_state ? 'members' then
    select pg_catalog.count(*) into v_members
    from pg_catalog.jsonb_array_elements(p_state -> 'members') as m where m ->> 1 is distinct from 'deleted';
  end if;
  case
    when p_action = 'suspend_account' then
      if v_status in ('suspended', 'deleted') then
        return pg_catalog.format('Already %s.', v_status);
      end if;
    when p_action = 'reactivate_account' then
      if v_status is distinct from 'suspended' then
        return 'Not suspended.';
      end if;
      if (select u.status from console.users as u where u.id = v_owner) in ('suspended', 'deleted') then
        return 'The owner of the team is suspended or deleted: reactivate the account instead.';
      end if;
    when p_action = 'delete_user' then
      if v_status = 'deleted' then
        return 'Already deleted.';
      end if;
      if v_members > 0 then
        return pg_catalog.format('Pays for %s members: remove them from the team first.', v_members);
      end if;
    when p_action = 'restore_user' then
      if v_status is distinct from 'deleted' then
        return 'Not deleted.';
      end if;
    when p_action in ('block_user', 'unblock_user', 'resend_verification') then
      -- Whether somebody is blocked only Auth0 knows: its dashboard can do it, too.
      if p_subject not like '%|%' then
        return 'Did not come through Auth0: their id is none of its.';
      end if;
      if v_status = 'deleted' and p_action <> 'block_user' then
        return 'Deleted: restore the user first.';
      end if;
    when p_action in (
      'change_plan', 'set_spending_cap', 'grant_credits', 'adjust_credits', 'refund_credits', 'reverse_credits', 'set_price_override',
      'end_price_override', 'invite_member'
    ) then
      if v_owner is not null then
        return 'A member of a team: only the owner of the account is billed and invites.';
      end if;
      if v_status = 'deleted' then
        return 'Deleted: restore the user first.';
      end if;
    when p_action = 'set_admin' then
      if (p_state ->> 'is_admin')::boolean then
        return 'Has the flag already.';
      end if;
      if v_status is distinct from 'active' then
        return 'Only active users can be made admins of the service.';
      end if;
    when p_action = 'clear_admin' then
      if not coalesce((p_state ->> 'is_admin')::boolean, false) then
        return 'Does not have the flag.';
      end if;
    when p_action = 'remove_member' then
      if v_owner is null then
        return 'Not a member of a team.';
      end if;
    when p_action = 'join_team' then
      if v_owner is not null then
        return 'Already a member of a team.';
      end if;
      if v_members > 0 then
        return 'Pays for members of their own: two levels, never more.';
      end if;
    when p_action = 'assign_cluster' then
      if v_status = 'deleted' then
        return 'Deleted: restore the user first.';
      end if;
    when p_action = 'unassign_cluster' then
      if p_state ->> 'cluster_id' is null then
        return 'Has no seat on a cluster.';
      end if;
    when p_action in ('leave_seat_line', 'join_seat_line') then
      return console.line_hindrance(p_action, p_subject, p_state);
    when p_action in ('resend_invite', 'cancel_invite') then
      if p_state ->> 'accepted_at' is not null then
        return 'Accepted already.';
      end if;
      if p_action = 'cancel_invite' and (p_state ->> 'expires_at')::timestamptz <= pg_catalog.clock_timestamp() then
        return 'Expired already.';
      end if;
    when p_action = 'drain_cluster' then
      if v_status in ('maintenance', 'inactive') then
        return pg_catalog.format('Already %s: nobody new is placed there.', v_status);
      end if;
    when p_action = 'retire_cluster' then
      if v_status = 'inactive' then
        return 'Retired already.';
      end if;
      select pg_catalog.count(*) into v_members from console.cluster_assignments as a where a.cluster_id = p_subject;
      if v_members > 0 then
        return pg_catalog.format('%s people still have their seat there: move them first.', v_members);
      end if;
    when p_action = 'reopen_cluster' then
      if v_status = 'active' then
        return 'Open already.';
      end if;
    else
      return console.mend_hindrance(p_action, p_subject, p_state);
  end case;
  return null;
end
$function$;

comment on function console.hindrance(text, text, jsonb) is 'Internal: what stands against an action, as a sentence.';

create function console.group_words(p_groups text[]) returns text
language sql
immutable
set search_path = ''
as $function$
  select pg_catalog.array_to_string(w.words[1:pg_catalog.cardinality(w.words) - 1], ', ')
    || case when pg_catalog.cardinality(w.words) > 1 then ' and ' else '' end
    || w.words[pg_catalog.cardinality(w.words)]
  from (
    select pg_catalog.array_agg(case g.name when 'admin' then 'admins' else g.name end order by g.place) as words
    from pg_catalog.unnest(p_groups) with ordinality as g (name, place)
  ) as w;
$function$;

comment on function console.group_words(text[]) is 'Internal: names of groups as people say them.';

create function console.people_reached(p_ids text[], p_whole_team boolean) returns text[]
language plpgsql
stable
set search_path = ''
as $function$
begin
  return array(
    select u.id from console.users as u where u.id = any (p_ids)
    union
    select u.account_owner_id from console.users as u where u.id = any (p_ids) and u.account_owner_id is not null
    union
    select m.id from console.users as m where p_whole_team and m.account_owner_id = any (p_ids)
  );
end
$function$;

-- Everybody whom actions on these people may reach, locked in the order of ids: two actions on one team wait for
-- each other and never for each other in a circle. While one waits, the other may move somebody from team to team;
-- whom that brings in is not locked after the rest, out of order: all are let go, and locked anew.
create function console.lock_people(p_ids text[], p_whole_team boolean) returns void
language plpgsql
set search_path = ''
as $function$
declare
  v_locked text[];
  v_reached text[] := console.people_reached(p_ids, p_whole_team);
begin
  if console.lacking('{lock_users}') is not null then
    return;
  end if;
  loop
    v_locked := v_reached;
    begin
      perform console.lock_users(v_locked);
      v_reached := console.people_reached(p_ids, p_whole_team);
      if v_reached <@ v_locked then
        return;
      end if;
      -- The end of this block is what lets go.
      raise exception using errcode = 'HD000';
    exception
      when sqlstate 'HD000' then null;
    end;
  end loop;
end
$function$;

comment on function console.people_reached(text[], boolean) is
  'Internal: these people, their owners and, if asked, the members of their teams.';
comment on function console.lock_people(text[], boolean) is 'Internal: locks whomever actions on these people may reach.';

create function console.act_begin(
  p_action text, p_subject text, p_arguments jsonb, p_expected text, p_dry_run boolean
) returns jsonb
language plpgsql
set search_path = ''
as $function$
declare
  v_dry boolean := coalesce(p_dry_run, true);
  v_arguments jsonb := coalesce(p_arguments, '{}');
  v_staff console.staff;
  v_action console.actions;
  v_state jsonb;
  v_kind text;
  v_why text;
  v_undoes bigint;
  v_inverse jsonb;
begin
  v_staff := case when v_dry then console.caller() else console.caller_elevated() end;
  select a.* into strict v_action from console.actions as a where a.name = p_action;
  if not v_staff.staff_group = any (v_action.groups) then
    perform console.refuse(
      'HD003', pg_catalog.format('Only %s may do this.', console.group_words(v_action.groups)),
      pg_catalog.jsonb_build_object('group', v_staff.staff_group, 'groups', v_action.groups)
    );
  end if;
  if pg_catalog.jsonb_typeof(v_arguments) <> 'object' or pg_catalog.length(v_arguments::text) > 65536 then
    perform console.refuse('HD005', 'Give the arguments as an object.', '{"argument": "arguments"}');
  end if;
  perform console.text_argument(v_arguments, 'reason', 3, 500, not v_dry);
  v_why := console.lacking(v_action.needs);
  if v_why is not null then
    perform console.refuse('HD008', v_why, pg_catalog.jsonb_build_object('action', p_action));
  end if;

  v_kind := v_action.kind;
  if v_kind = 'any' then
    v_kind := console.choice_argument(v_arguments, 'kind', array['user', 'account', 'cluster', 'invite']);
  end if;
  if v_kind <> 'service' then
    if v_kind in ('user', 'account') and v_action.needs <> '{}' then
      -- Going back into a team: also its owner, whom the row does not name any more.
      perform console.lock_people(
        array[p_subject] || case when p_action = 'join_team' then array[v_arguments ->> 'owner_id'] else '{}' end, v_action.whole_team
      );
    elsif v_kind = 'cluster' and v_action.needs <> '{}' then
      perform console.lock_clusters(array[p_subject]);
    elsif v_kind = 'invite' and v_action.needs <> '{}' then
      perform console.lock_team_invites(array[console.invite_id(p_subject)]);
    end if;
    v_state := console.subject_state(v_kind, p_subject);
    if v_state is null then
      perform console.refuse(
        'HD006', pg_catalog.format('There is no such %s.', case v_kind when 'account' then 'user' else v_kind end),
        pg_catalog.jsonb_build_object('kind', v_kind, 'subject', p_subject)
      );
    end if;
    perform console.check_version(p_subject, v_state, p_expected);
    v_why := console.hindrance(p_action, p_subject, v_state);
    if v_why is not null then
      perform console.refuse('HD007', v_why, pg_catalog.jsonb_build_object('subject', p_subject));
    end if;
  end if;

  if v_arguments ? 'undoes' then
    -- Whoever says "this takes that back" must do exactly that. By the index: the trail is long.
    v_undoes := case when v_arguments ->> 'undoes' ~ '^[0-9]{1,18}$' then (v_arguments ->> 'undoes')::bigint end;
    select d.data -> 'inverse' into v_inverse
    from console.audit as a join console.audit_data as d on d.audit_id = a.id
    where a.id = v_undoes and a.chain = 'staff';
    if v_inverse is null or v_inverse ->> 'action' <> p_action
      or v_inverse ->> 'subject' is distinct from p_subject
      or (v_inverse -> 'arguments') is distinct from (v_arguments - array['reason', 'undoes', 'run'])
    then
      perform console.refuse('HD005', 'This does not take that entry back.', '{"argument": "undoes"}');
    end if;
    if exists (select from console.audit as a where a.undoes = v_undoes) then
      perform console.refuse('HD007', 'It was taken back already.', '{"argument": "undoes"}');
    end if;
  end if;

  return pg_catalog.jsonb_build_object(
    'action', p_action, 'kind', v_kind, 'subject', p_subject, 'dry_run', v_dry,
    'arguments', v_arguments - array['reason', 'undoes', 'run'], 'reason', v_arguments ->> 'reason',
    'undoes', v_arguments -> 'undoes', 'run', v_arguments -> 'run',
    'login', v_staff.login, 'staff', v_staff.name, 'group', v_staff.staff_group,
    'state', v_state, 'version', console.version_of(v_state),
    'label', coalesce(nullif(pg_catalog.btrim(v_state ->> 'name'), ''), v_state ->> 'email'),
    'changes', '[]'::jsonb, 'inserts', '[]'::jsonb, 'deletes', '[]'::jsonb, 'cascade', '[]'::jsonb, 'effects', '[]'::jsonb,
    'holds', '[]'::jsonb, 'lifts', '[]'::jsonb, 'warnings', '[]'::jsonb, 'credits', null, 'inverse', null
  );
end
$function$;

comment on function console.act_begin(text, text, jsonb, text, boolean) is
  'Internal: checks who, whether they may, the subject and its version; answers an empty plan.';

create function console.planned(p_plan jsonb, p_part text, p_item jsonb) returns jsonb
language sql
immutable
set search_path = ''
as $function$
  select case
    when p_item is null then p_plan
    else pg_catalog.jsonb_set(p_plan, array[p_part], (p_plan -> p_part) || case pg_catalog.jsonb_typeof(p_item)
      when 'array' then p_item else pg_catalog.jsonb_build_array(p_item)
    end)
  end;
$function$;

create function console.planned_change(
  p_plan jsonb, p_table text, p_id text, p_column text, p_before jsonb, p_after jsonb, p_label text default null
) returns jsonb
language sql
immutable
set search_path = ''
as $function$
  select case
    when coalesce(p_before, 'null') = coalesce(p_after, 'null') then p_plan
    else console.planned(p_plan, 'changes', pg_catalog.jsonb_build_object(
      'table', p_table, 'id', p_id, 'label', coalesce(p_label, p_plan ->> 'label'), 'column', p_column,
      'before', coalesce(p_before, 'null'), 'after', coalesce(p_after, 'null')
    ))
  end;
$function$;

create function console.planned_inverse(p_plan jsonb, p_action text, p_arguments jsonb default '{}', p_subject text default null) returns jsonb
language sql
immutable
set search_path = ''
as $function$
  select p_plan || pg_catalog.jsonb_build_object('inverse', pg_catalog.jsonb_build_object(
    'action', p_action, 'subject', coalesce(p_subject, p_plan ->> 'subject'), 'arguments', p_arguments
  ));
$function$;

-- An effect for each of these users who is known on a cluster. The numeric id is another on every
-- cluster, so both travel together; never an address.
create function console.planned_hopsworks(p_plan jsonb, p_users text[], p_kind text, p_effect text, p_payload jsonb) returns jsonb
language plpgsql
stable
set search_path = ''
as $function$
begin
  return console.planned(p_plan, 'effects', (
    select coalesce(pg_catalog.jsonb_agg(pg_catalog.jsonb_build_object(
      'system', 'hopsworks', 'kind', p_kind, 'effect', p_effect, 'subject', u.id, 'cluster_id', s.cluster_id,
      'payload', pg_catalog.jsonb_build_object(
        'user_id', u.id, 'cluster_id', s.cluster_id,
        'hopsworks_user_id', coalesce(s.hopsworks_user_id, u.hopsworks_user_id),
        'hopsworks_username', coalesce(s.hopsworks_username, u.hopsworks_username)
      ) || p_payload
    ) order by u.id), '[]')
    from console.users as u
    join lateral (
      select a.cluster_id, a.hopsworks_user_id, a.hopsworks_username from console.cluster_assignments as a
      where a.user_id = u.id order by a.assigned_at desc nulls last, a.id limit 1
    ) as s on true
    where u.id = any (p_users) and s.cluster_id is not null
  ));
end
$function$;

comment on function console.planned(jsonb, text, jsonb) is 'Internal: adds one or several items to a part of a plan.';
comment on function console.planned_change(jsonb, text, text, text, jsonb, jsonb, text) is 'Internal: adds a change to a plan, if it is one.';
comment on function console.planned_inverse(jsonb, text, jsonb, text) is 'Internal: says what would take the planned back.';
comment on function console.planned_hopsworks(jsonb, text[], text, text, jsonb) is 'Internal: adds an effect in Hopsworks for each user with a seat.';

create function console.current_value(p_view text, p_id text, p_column text) returns jsonb
language plpgsql
stable
set search_path = ''
set timezone to 'UTC'
as $function$
declare
  v_row jsonb;
begin
  execute pg_catalog.format(
    'select pg_catalog.to_jsonb(v) from console.%I as v where v.%I = $1 limit 1', p_view,
    case p_view when 'seat_requests' then 'user_id' else 'id' end
  ) into v_row using p_id;
  return case when p_column = '*' then v_row else v_row -> p_column end;
end
$function$;

comment on function console.current_value(text, text, text) is 'Internal: a column of a row of a canonical view; * is the whole row.';

-- Effects as they would be written now: what is in shadow, or switched off, says so.
create function console.effects_judged(p_effects jsonb) returns jsonb
language sql
stable
set search_path = ''
as $function$
  select coalesce(pg_catalog.jsonb_agg(e.value || pg_catalog.jsonb_build_object(
    'state', case console.effect_mode(e.value ->> 'effect', e.value ->> 'cluster_id')
      when 'live' then 'pending' when 'shadow' then 'shadow' else 'cancelled' end
  ) order by e.ordinality), '[]')
  from pg_catalog.jsonb_array_elements(p_effects) with ordinality as e;
$function$;

-- Writes them, each with a key of its own; answers them with their numbers.
create function console.outbox_write(p_audit_id bigint, p_effects jsonb) returns jsonb
language plpgsql
set search_path = ''
as $function$
declare
  v_item record;
  v_outbox bigint;
  v_written jsonb := '[]';
begin
  for v_item in
    select e.value, e.ordinality from pg_catalog.jsonb_array_elements(p_effects) with ordinality as e order by e.ordinality
  loop
    insert into console.outbox (
      system, kind, effect, subject, cluster_id, payload, audit_id, idempotency_key, state, outcome
    ) values (
      v_item.value ->> 'system', v_item.value ->> 'kind', v_item.value ->> 'effect', v_item.value ->> 'subject',
      v_item.value ->> 'cluster_id', v_item.value -> 'payload', p_audit_id,
      pg_catalog.format('hopsdesk-%s-%s', p_audit_id, v_item.ordinality), v_item.value ->> 'state',
      case v_item.value ->> 'state' when 'cancelled' then '{"why": "the effect is switched off"}'::jsonb end
    ) returning outbox.id into v_outbox;
    v_written := v_written || pg_catalog.jsonb_build_object(
      'outbox_id', v_outbox, 'system', v_item.value -> 'system', 'kind', v_item.value -> 'kind',
      'subject', v_item.value -> 'subject', 'state', v_item.value -> 'state'
    );
  end loop;
  return v_written;
end
$function$;

comment on function console.effects_judged(jsonb) is 'Internal: effects with the state in which they would be written.';
comment on function console.outbox_write(bigint, jsonb) is 'Internal: writes the effects of an audit entry.';

create function console.act_finish(p_plan jsonb) returns jsonb
language plpgsql
set search_path = ''
set timezone to 'UTC'
as $function$
declare
  v_dry boolean := (p_plan ->> 'dry_run')::boolean;
  v_subject text := p_plan ->> 'subject';
  v_changes jsonb := '[]';
  v_written jsonb := p_plan -> 'changes';
  v_effects jsonb := '[]';
  v_warnings jsonb := p_plan -> 'warnings';
  v_inverse jsonb := p_plan -> 'inverse';
  v_credits jsonb;
  v_item record;
  v_id text;
  v_audit bigint;
  v_state text;
  v_constraint text;
begin
  begin
    for v_item in
      select i.value from pg_catalog.jsonb_array_elements(p_plan -> 'inserts') as i
    loop
      execute pg_catalog.format('select console.%I($1)', 'insert_' || (v_item.value ->> 'table'))
      into v_id using (v_item.value -> 'values') || coalesce(console.act_secrets(v_item.value -> 'secrets'), '{}');
      v_changes := v_changes || pg_catalog.jsonb_build_object(
        'table', v_item.value -> 'table', 'id', v_id, 'label', v_item.value -> 'label', 'column', '*',
        'before', null, 'after', v_item.value -> 'values'
      );
      -- What takes an insertion back names what was inserted.
      if v_item.value ? 'inverse' then
        v_inverse := (v_item.value -> 'inverse') || case
          when (v_item.value -> 'inverse') ? 'subject' then '{}'::jsonb else pg_catalog.jsonb_build_object('subject', v_id)
        end;
      end if;
      v_subject := coalesce(v_subject, v_id);
    end loop;

    for v_item in
      select
        c.value ->> 'table' as view_name, c.value ->> 'id' as id,
        pg_catalog.jsonb_object_agg(c.value ->> 'column', c.value -> 'after') filter (where c.value ->> 'column' <> 'token') as sets,
        pg_catalog.bool_or(c.value ->> 'column' = 'token') as new_token
      from pg_catalog.jsonb_array_elements(p_plan -> 'changes') as c
      -- What changes elsewhere is written by nobody here: its effect does it.
      where c.value ->> 'table' <> 'auth0'
      group by 1, 2 order by 1, 2
    loop
      execute pg_catalog.format('select console.%I($1, $2)', 'write_' || v_item.view_name) into v_id using v_item.id,
        coalesce(v_item.sets, '{}') || case when v_item.new_token then console.act_secrets('["token"]') else '{}' end;
      -- A row that is found by what was changed is found by another name from now on.
      if v_id is distinct from v_item.id then
        v_written := (
          select pg_catalog.jsonb_agg(case
            when c.value ->> 'table' = v_item.view_name and c.value ->> 'id' = v_item.id
              then c.value || pg_catalog.jsonb_build_object('id', v_id)
            else c.value
          end order by c.ordinality)
          from pg_catalog.jsonb_array_elements(v_written) with ordinality as c
        );
      end if;
    end loop;

    for v_item in select d.value from pg_catalog.jsonb_array_elements(p_plan -> 'deletes') as d loop
      execute pg_catalog.format('select console.%I($1)', 'delete_' || (v_item.value ->> 'table')) using v_item.value ->> 'id';
      v_changes := v_changes || (v_item.value || '{"column": "*", "after": null}');
    end loop;

    -- What is there now, not what was asked for: the live column may be shorter.
    v_changes := v_changes || coalesce((
      select pg_catalog.jsonb_agg(case
        when c.value ->> 'column' = 'token' or c.value ->> 'table' = 'auth0' then c.value
        else c.value || pg_catalog.jsonb_build_object(
          'after', console.current_value(c.value ->> 'table', c.value ->> 'id', c.value ->> 'column')
        )
      end)
      from pg_catalog.jsonb_array_elements(v_written) as c
    ), '[]');

    if pg_catalog.jsonb_typeof(p_plan -> 'credits') = 'object' then
      v_credits := console.credits_apply(p_plan -> 'credits');
      v_changes := v_changes || (v_credits -> 'changes');
      v_warnings := v_warnings || (v_credits -> 'warnings');
      if p_plan ->> 'action' <> 'reverse_credits' then
        v_inverse := pg_catalog.jsonb_build_object(
          'action', 'reverse_credits', 'subject', v_subject,
          'arguments', pg_catalog.jsonb_build_object('entry', v_credits ->> 'entry')
        );
      end if;
    end if;

    v_effects := console.effects_judged(p_plan -> 'effects');
    v_warnings := v_warnings || coalesce((
      select pg_catalog.jsonb_agg(distinct pg_catalog.format(
        '%s is %s in this database: nothing is sent to %s.', pg_catalog.initcap(pg_catalog.replace(e ->> 'effect', '_', ' ')),
        case e ->> 'state' when 'shadow' then 'in shadow' else 'switched off' end, pg_catalog.initcap(e ->> 'system')
      ))
      from pg_catalog.jsonb_array_elements(v_effects) as e where e ->> 'state' <> 'pending'
    ), '[]');

    v_audit := console.audit_write(
      'staff', p_plan ->> 'action', p_plan ->> 'kind', v_subject,
      pg_catalog.jsonb_build_object(
        'label', p_plan -> 'label', 'staff', p_plan -> 'staff', 'reason', p_plan -> 'reason',
        'elevation', (console.elevation(session_user)).id, 'arguments', p_plan -> 'arguments', 'changes', v_changes,
        'cascade', p_plan -> 'cascade', 'inverse', v_inverse, 'warnings', v_warnings,
        'effects', (
          select coalesce(pg_catalog.jsonb_agg(e - 'payload'), '[]') from pg_catalog.jsonb_array_elements(v_effects) as e
        )
      ),
      (p_plan ->> 'undoes')::bigint, p_plan ->> 'run'
    );

    if v_credits is not null then
      perform console.credits_record(p_plan -> 'credits', v_credits, v_audit);
    end if;
    if p_plan ? 'note' then
      insert into console.notes (kind, subject, body, login, audit_id)
      values (p_plan ->> 'kind', v_subject, p_plan ->> 'note', session_user, v_audit);
    end if;
    insert into console.holds (user_id, hold, status_before, with_account, audit_id)
    select h ->> 'user_id', h ->> 'hold', h ->> 'status_before', h ->> 'with_account', v_audit
    from pg_catalog.jsonb_array_elements(p_plan -> 'holds') as h
    on conflict (user_id, hold) where lifted_by is null do update set
      status_before = excluded.status_before, with_account = excluded.with_account, audit_id = excluded.audit_id;
    update console.holds as h set lifted_by = v_audit
    from pg_catalog.jsonb_array_elements(p_plan -> 'lifts') as l
    where h.user_id = l ->> 'user_id' and h.hold = l ->> 'hold' and h.lifted_by is null;

    v_effects := console.outbox_write(v_audit, v_effects);

    if v_dry then
      raise exception using errcode = 'HD000', message = 'a dry run ends here';
    end if;
  exception
    when sqlstate 'HD000' then null;
    when integrity_constraint_violation or data_exception or raise_exception then
      get stacked diagnostics v_state = returned_sqlstate, v_constraint = constraint_name;
      perform console.refuse(
        'HD007',
        case v_state
          when '23505' then 'There is one like it already.'
          when '22003' then 'The service''s table cannot hold a number that large.'
          else 'A rule of the service''s own tables refuses this.'
        end,
        pg_catalog.jsonb_build_object('sqlstate', v_state, 'constraint', v_constraint)
      );
  end;

  if v_dry then
    v_effects := (
      select coalesce(pg_catalog.jsonb_agg(e.value || '{"outbox_id": null}' order by e.ordinality), '[]')
      from pg_catalog.jsonb_array_elements(v_effects) with ordinality as e
    );
  end if;
  return pg_catalog.jsonb_build_object(
    'audit_id', case when not v_dry then v_audit end, 'action', p_plan -> 'action', 'subject', v_subject, 'dry_run', v_dry,
    'changes', v_changes, 'cascade', p_plan -> 'cascade', 'effects', v_effects, 'version', p_plan -> 'version',
    'inverse', v_inverse, 'warnings', v_warnings
  );
end
$function$;

-- Secrets that go into a row of the service and nowhere else: not into the plan, the audit, the answer.
create function console.act_secrets(p_columns jsonb) returns jsonb
language sql
volatile
set search_path = ''
as $function$
  select pg_catalog.jsonb_object_agg(
    c, pg_catalog.replace(pg_catalog.gen_random_uuid()::text || pg_catalog.gen_random_uuid()::text, '-', '')
  )
  from pg_catalog.jsonb_array_elements_text(p_columns) as c;
$function$;

comment on function console.act_finish(jsonb) is
  'Internal: writes what was planned, with its audit entry and its effects; a dry run takes all of it back. Answers the action''s answer.';
comment on function console.act_secrets(jsonb) is 'Internal: new secrets for these columns.';

-- The door for staff. It runs as the caller, so that Postgres itself checks EXECUTE on the action.
create function console.action_kind(p_action text) returns text
language sql
stable
security definer
set search_path = ''
as $function$
  select a.kind from console.actions as a where a.name = p_action;
$function$;

create function console.act(
  p_action text, p_subject text, p_arguments jsonb, p_expected text, p_dry_run boolean, p_reason text
) returns jsonb
language plpgsql
set search_path = ''
as $function$
declare
  v_answer jsonb;
  v_arguments jsonb := coalesce(p_arguments, '{}');
begin
  if console.action_kind(p_action) is null then
    perform console.refused('HD006', 'There is no such action.', pg_catalog.jsonb_build_object('action', p_action));
  end if;
  if pg_catalog.jsonb_typeof(v_arguments) <> 'object' then
    perform console.refused('HD005', 'Give the arguments as an object.', '{"argument": "arguments"}');
  end if;
  if p_reason is not null then
    v_arguments := v_arguments || pg_catalog.jsonb_build_object('reason', p_reason);
  end if;
  begin
    execute pg_catalog.format('select console.%I($1, $2, $3, $4)', p_action)
    into v_answer using p_subject, v_arguments, p_expected, p_dry_run;
  exception
    when insufficient_privilege then
      perform console.refused(
        'HD003', 'Your group may not do this.', pg_catalog.jsonb_build_object('action', p_action)
      );
  end;
  return v_answer;
end
$function$;

-- `refuse` for functions that run as the caller.
create function console.refused(p_code text, p_message text, p_data jsonb) returns void
language plpgsql
security definer
set search_path = ''
as $function$
begin
  perform console.refuse(
    case when console.refusal_name(p_code) is null then 'HD005' else p_code end, coalesce(p_message, 'Refused.'), coalesce(p_data, '{}')
  );
end
$function$;

comment on function console.action_kind(text) is 'The kind of subject an action is for; null: there is no such action.';
comment on function console.act(text, text, jsonb, text, boolean, text) is
  'Does an action, or shows what it would do (dry run): see the head of the first of these migrations for its answer.';
comment on function console.refused(text, text, jsonb) is 'Refuses, on behalf of a function that runs as the caller.';

create function console.actions_for(p_kind text, p_subject text) returns jsonb
language plpgsql
stable
security definer
set search_path = ''
as $function$
declare
  v_staff console.staff := console.caller();
  v_elevated boolean := (console.elevation(session_user)).id is not null;
  v_state jsonb;
  v_actions jsonb;
begin
  if p_kind is null or p_kind not in ('user', 'account', 'cluster', 'invite', 'service') then
    perform console.refuse('HD005', 'Choose a kind: user, account, cluster, invite or service.', '{"argument": "kind"}');
  end if;
  if p_kind <> 'service' then
    v_state := console.subject_state(p_kind, p_subject);
    if v_state is null then
      perform console.refuse(
        'HD006', pg_catalog.format('There is no such %s.', case p_kind when 'account' then 'user' else p_kind end),
        pg_catalog.jsonb_build_object('kind', p_kind, 'subject', p_subject)
      );
    end if;
  end if;
  select pg_catalog.jsonb_agg(pg_catalog.jsonb_build_object(
    'action', d.name, 'title', d.title, 'allowed', d.code is null, 'may_try', coalesce(d.code, 'HD002') = 'HD002',
    'code', console.refusal_name(d.code), 'reason', d.reason
  ) order by d.position) into v_actions
  from (
    select a.name, a.title, a.position, w.*
    from console.actions as a
    cross join lateral (
      select
        case
          when not r.granted then 'HD003' when r.lacks is not null then 'HD008' when r.against is not null then 'HD007'
          when not v_elevated then 'HD002'
        end as code,
        case
          when not r.granted then pg_catalog.format('Only %s may do this.', console.group_words(a.groups))
          when r.lacks is not null then r.lacks
          when r.against is not null then r.against
          when not v_elevated then 'You are looking read-only: say what you are about to do first.'
        end as reason
      from (
        select
          v_staff.staff_group = any (a.groups) and pg_catalog.has_function_privilege(
            session_user, pg_catalog.format('console.%I(text, jsonb, text, boolean)', a.name), 'execute'
          ) as granted,
          console.lacking(a.needs) as lacks,
          console.hindrance(a.name, p_subject, v_state) as against
      ) as r
    ) as w
    where
      a.name not in ('reverse_credits', 'join_team', 'restore_counter', 'restore_hopsworks_ids')
      and (a.kind = p_kind or (a.kind = 'any' and p_kind <> 'service') or (a.kind in ('user', 'account') and p_kind in ('user', 'account')))
  ) as d;
  return pg_catalog.jsonb_build_object(
    'kind', p_kind, 'subject', p_subject, 'version', console.version_of(v_state), 'elevated', v_elevated,
    'actions', coalesce(v_actions, '[]')
  );
end
$function$;

comment on function console.actions_for(text, text) is
  'What the caller may do to a subject: {"kind", "subject", "version", "elevated", "actions": [{"action", "title", "allowed", "may_try", "code", "reason"}]}. may_try: a dry run works.';

insert into console.functions (name, groups) values
('act', '{support,finance,admin}'),
('action_kind', '{support,finance,admin,auditor}'),
('refused', '{support,finance,admin,auditor}'),
('actions_for', '{support,finance,admin,auditor}');
