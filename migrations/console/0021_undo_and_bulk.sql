-- Taking an action back, and one action on many. Both run as the caller and call act(), so whoever may
-- not do the one may not do the other.

-- The action that takes an entry back, or why it cannot be taken back any more.
create function console.inverse_of(p_audit_id bigint) returns jsonb
language plpgsql
stable
security definer
set search_path = ''
as $function$
declare
  v_entry record;
  v_moved jsonb;
  v_by jsonb;
begin
  perform console.caller();
  select a.id, a.subject, a.chain, d.data, d.audit_id is null as erased,
    (select u.id from console.audit as u where u.undoes = a.id) as undone_by
  into v_entry
  from console.audit as a left join console.audit_data as d on d.audit_id = a.id
  where a.id = p_audit_id;
  if v_entry.id is null or v_entry.chain <> 'staff' then
    perform console.refuse('HD006', 'There is no such action.', pg_catalog.jsonb_build_object('audit_id', p_audit_id));
  end if;
  if v_entry.undone_by is not null then
    perform console.refuse('HD007', 'It was taken back already.', pg_catalog.jsonb_build_object('undone_by', v_entry.undone_by));
  end if;
  if v_entry.erased or pg_catalog.jsonb_typeof(v_entry.data -> 'inverse') is distinct from 'object' then
    perform console.refuse('HD007', 'This cannot be taken back.', pg_catalog.jsonb_build_object('audit_id', p_audit_id));
  end if;
  -- Every column it changed must still be what it left there.
  select pg_catalog.jsonb_agg(pg_catalog.jsonb_build_object(
    'table', c ->> 'table', 'id', c ->> 'id', 'label', c ->> 'label', 'column', c ->> 'column', 'left', c -> 'after', 'now', n.now
  )) into v_moved
  from pg_catalog.jsonb_array_elements(v_entry.data -> 'changes') as c
  cross join lateral (
    select console.current_value(c ->> 'table', c ->> 'id', c ->> 'column') as now
    where c ->> 'table' not in ('user_credits', 'ledger_entries', 'auth0')
  ) as n
  where
    not coalesce((c ->> 'derived')::boolean, false) and c ->> 'column' <> 'token'
    and case
      when c ->> 'column' <> '*' then coalesce(n.now, 'null') <> coalesce(c -> 'after', 'null')
      -- A row that was inserted must be there, one that was deleted must not.
      else (n.now is null) <> (coalesce(c -> 'after', 'null') = 'null')
    end;
  if v_moved is not null then
    select pg_catalog.jsonb_agg(pg_catalog.jsonb_build_object('audit_id', a.id, 'at', a.at, 'login', a.login, 'action', a.action)) into v_by
    from (
      select e.id, e.at, e.login, e.action from console.audit as e
      where e.subject = v_entry.subject and e.id > p_audit_id and e.chain = 'staff' order by e.id desc limit 3
    ) as a;
    perform console.refuse(
      'HD004',
      pg_catalog.format('The world has moved on: %s is no longer as this left it.', pg_catalog.concat_ws(
        ' of ', pg_catalog.replace(v_moved #>> '{0,column}', '_', ' '), v_moved #>> '{0,label}'
      )),
      pg_catalog.jsonb_build_object('changed', v_moved, 'latest', coalesce(v_by, '[]'))
    );
  end if;
  return v_entry.data -> 'inverse';
end
$function$;

-- Locks whom taking these entries back may reach, in the order in which every action does: people, invitations,
-- clusters. Answers which of them were taken back before, and by which entry.
create function console.undo_begin(p_audit_ids bigint[], p_client_key text) returns jsonb
language plpgsql
security definer
set search_path = ''
as $function$
declare
  v_people text[];
  v_invites text[];
  v_clusters boolean;
begin
  perform console.caller();
  if coalesce(pg_catalog.cardinality(p_audit_ids), 0) not between 1 and 1000 or pg_catalog.array_position(p_audit_ids, null) is not null then
    perform console.refuse('HD005', 'Give 1 to 1000 entries at a time.', '{"argument": "audit_ids"}');
  end if;
  if p_client_key is not null then
    perform console.text_argument(pg_catalog.jsonb_build_object('client_key', p_client_key), 'client_key', 8, 100);
  end if;
  -- Whoever goes back into a team is locked with its owner, as in act_begin.
  select
    pg_catalog.array_agg(distinct p.id) filter (where a.kind in ('user', 'account') and p.id is not null),
    pg_catalog.array_agg(distinct console.invite_id(i.subject)) filter (where a.kind = 'invite'),
    coalesce(pg_catalog.bool_or('lock_clusters' = any (a.needs)), false)
  into v_people, v_invites, v_clusters
  from console.audit_data as d
  cross join lateral (
    select d.data #>> '{inverse,action}' as action, d.data #>> '{inverse,subject}' as subject,
      d.data #>> '{inverse,arguments,owner_id}' as owner
  ) as i
  join console.actions as a on a.name = i.action
  cross join lateral pg_catalog.unnest(array[i.subject, i.owner]) as p (id)
  where d.audit_id = any (p_audit_ids);
  if v_people is not null then
    perform console.lock_people(v_people, true);
  end if;
  if v_invites is not null and console.lacking('{lock_team_invites}') is null then
    perform console.lock_team_invites(v_invites);
  end if;
  if v_clusters and console.lacking('{lock_clusters}') is null then
    perform console.lock_seats();
  end if;
  return coalesce((
    select pg_catalog.jsonb_object_agg(a.undoes::text, a.id) from console.audit as a where a.undoes = any (p_audit_ids)
  ), '{}');
end
$function$;

create function console.undo(p_audit_id bigint, p_reason text, p_dry_run boolean default false) returns jsonb
language plpgsql
set search_path = ''
as $function$
declare
  v_inverse jsonb;
begin
  -- Locked first, then looked at: who waits here for another action sees what that one left.
  if p_audit_id is not null then
    perform console.undo_begin(array[p_audit_id], null);
  end if;
  v_inverse := console.inverse_of(p_audit_id);
  return console.act(
    v_inverse ->> 'action', v_inverse ->> 'subject',
    (v_inverse -> 'arguments') || pg_catalog.jsonb_build_object('undoes', p_audit_id), null, p_dry_run, p_reason
  );
end
$function$;

comment on function console.inverse_of(bigint) is
  'The action that takes an entry back; refuses with what has changed since when it cannot be taken back any more.';
comment on function console.undo_begin(bigint[], text) is
  'For undo and undo_many: locks whom it may reach; answers which entries were taken back already.';
comment on function console.undo(bigint, text, boolean) is 'Takes an action back; answers as act() does.';

-- A bulk is known by the key its client made, so that after a broken line the same call goes on where it
-- was: what is done is not done twice.
create table console.bulks (
  login text not null,
  client_key text not null,
  action text not null,
  arguments jsonb not null,
  began_at timestamptz not null default clock_timestamp(),

  constraint bulks_pkey primary key (login, client_key),
  constraint bulks_client_key_check check (length(client_key) between 8 and 100)
);

create table console.bulk_done (
  login text not null,
  client_key text not null,
  subject text not null,
  audit_id bigint not null references console.audit (id),

  constraint bulk_done_pkey primary key (login, client_key, subject),
  constraint bulk_done_bulk_fkey foreign key (login, client_key) references console.bulks (login, client_key)
);

comment on table console.bulks is 'Actions on many, by the key of the client that asked for them.';
comment on table console.bulk_done is 'Which subjects of a bulk are done, and by which entry.';

alter table console.bulks enable row level security;
alter table console.bulk_done enable row level security;

-- Everybody a bulk may reach is locked at its start, in one order: two bulks wait for each other instead
-- of meeting in the middle.
create function console.bulk_begin(p_action text, p_subjects text[], p_arguments jsonb, p_client_key text) returns jsonb
language plpgsql
security definer
set search_path = ''
as $function$
declare
  v_action console.actions;
  v_bulk console.bulks;
begin
  perform console.caller();
  select a.* into v_action from console.actions as a where a.name = p_action;
  if not found or v_action.kind = 'service' then
    perform console.refuse('HD006', 'There is no such action on many.', pg_catalog.jsonb_build_object('action', p_action));
  end if;
  if pg_catalog.cardinality(p_subjects) not between 1 and 1000 or pg_catalog.array_position(p_subjects, null) is not null then
    perform console.refuse('HD005', 'Give 1 to 1000 subjects at a time.', '{"argument": "items"}');
  end if;
  if p_client_key is not null then
    perform console.text_argument(pg_catalog.jsonb_build_object('client_key', p_client_key), 'client_key', 8, 100);
    insert into console.bulks (login, client_key, action, arguments)
    values (session_user, p_client_key, p_action, coalesce(p_arguments, '{}'))
    on conflict do nothing;
    select b.* into v_bulk from console.bulks as b where b.login = session_user and b.client_key = p_client_key for update;
    if v_bulk.action <> p_action or v_bulk.arguments <> coalesce(p_arguments, '{}') then
      perform console.refuse('HD007', 'This key belongs to another bulk: begin a new one.', '{"argument": "client_key"}');
    end if;
  end if;
  if v_action.needs <> '{}' and console.lacking(v_action.needs) is null then
    if v_action.kind in ('user', 'account') then
      perform console.lock_people(p_subjects, v_action.whole_team);
      if 'lock_clusters' = any (v_action.needs) then
        perform console.lock_seats();
      end if;
    elsif v_action.kind = 'cluster' then
      perform console.lock_clusters(p_subjects);
    elsif v_action.kind = 'invite' then
      perform console.lock_team_invites(array(select console.invite_id(s) from pg_catalog.unnest(p_subjects) as s));
    end if;
  end if;
  return coalesce((
    select pg_catalog.jsonb_object_agg(d.subject, d.audit_id) from console.bulk_done as d
    where d.login = session_user and d.client_key = p_client_key
  ), '{}');
end
$function$;

create function console.bulk_note(p_client_key text, p_subject text, p_audit_id bigint) returns void
language plpgsql
security definer
set search_path = ''
as $function$
begin
  if not exists (
    select from console.audit as a where a.id = p_audit_id and a.login = session_user and a.run = p_client_key
  ) then
    perform console.refuse('HD005', 'That entry is not of this bulk.', '{"argument": "audit_id"}');
  end if;
  insert into console.bulk_done (login, client_key, subject, audit_id)
  values (session_user, p_client_key, p_subject, p_audit_id);
end
$function$;

-- Items are subjects, or {"subject", "arguments", "expected"}. One reason for all; a bad row fails alone.
create function console.act_many(
  p_action text, p_items jsonb, p_arguments jsonb, p_reason text, p_dry_run boolean, p_client_key text default null
) returns jsonb
language plpgsql
set search_path = ''
as $function$
declare
  v_dry boolean := coalesce(p_dry_run, true);
  v_key text := case when not v_dry then p_client_key end;
  v_subjects text[];
  v_there jsonb;
  v_item record;
  v_answer jsonb;
  v_results jsonb[] := '{}';
  v_state text;
  v_message text;
  v_detail text;
  v_done integer := 0;
  v_failed integer := 0;
  v_already integer := 0;
begin
  if pg_catalog.jsonb_typeof(p_items) is distinct from 'array' or pg_catalog.jsonb_typeof(coalesce(p_arguments, '{}')) <> 'object' then
    perform console.refused('HD005', 'Give the items as a list.', '{"argument": "items"}');
  end if;
  v_subjects := array(
    select case pg_catalog.jsonb_typeof(i) when 'string' then i #>> '{}' when 'object' then i ->> 'subject' end
    from pg_catalog.jsonb_array_elements(p_items) as i
  );
  v_there := console.bulk_begin(p_action, v_subjects, p_arguments, v_key);
  for v_item in
    select distinct on (s.subject) s.subject,
      coalesce(p_arguments, '{}') || case when pg_catalog.jsonb_typeof(i.value -> 'arguments') = 'object' then i.value -> 'arguments' else '{}' end as arguments,
      case when pg_catalog.jsonb_typeof(i.value) = 'object' then i.value ->> 'expected' end as expected
    from pg_catalog.jsonb_array_elements(p_items) with ordinality as i (value, place)
    cross join lateral (select v_subjects[i.place] as subject) as s
    order by s.subject, i.place
  loop
    if v_there ? v_item.subject then
      v_already := v_already + 1;
      v_results := v_results || pg_catalog.jsonb_build_object(
        'subject', v_item.subject, 'ok', true, 'already', true, 'audit_id', v_there -> v_item.subject
      );
      continue;
    end if;
    begin
      v_answer := console.act(
        p_action, v_item.subject, v_item.arguments || pg_catalog.jsonb_strip_nulls(pg_catalog.jsonb_build_object('run', v_key)),
        v_item.expected, v_dry, p_reason
      );
      if v_key is not null then
        perform console.bulk_note(v_key, v_item.subject, (v_answer ->> 'audit_id')::bigint);
      end if;
      v_done := v_done + 1;
      v_results := v_results || pg_catalog.jsonb_build_object('subject', v_item.subject, 'ok', true, 'answer', v_answer);
    exception
      when others then
        get stacked diagnostics v_state = returned_sqlstate, v_message = message_text, v_detail = pg_exception_detail;
        -- What went wrong with the whole (a deadlock, a lost connection, a full disk, a shutdown) or
        -- concerns every row alike is not one row's failure.
        if v_state not like 'HD%' or v_state in ('HD001', 'HD002', 'HD003', 'HD008') then
          raise;
        end if;
        v_failed := v_failed + 1;
        v_results := v_results || pg_catalog.jsonb_build_object(
          'subject', v_item.subject, 'ok', false, 'sqlstate', v_state, 'message', v_message, 'detail', v_detail::jsonb
        );
    end;
  end loop;
  return pg_catalog.jsonb_build_object(
    'action', p_action, 'dry_run', v_dry, 'client_key', p_client_key, 'done', v_done, 'failed', v_failed, 'already', v_already,
    'results', pg_catalog.to_jsonb(v_results)
  );
end
$function$;

comment on function console.bulk_begin(text, text[], jsonb, text) is 'For act_many: locks whom it may reach; answers what is done of it already.';
comment on function console.bulk_note(text, text, bigint) is 'For act_many: notes that a subject is done.';
comment on function console.act_many(text, jsonb, jsonb, text, boolean, text) is
  'An action on many, up to 1,000 a call: {"action", "dry_run", "client_key", "done", "failed", "already", "results": [{"subject", "ok", "answer"} or {"subject", "ok", "sqlstate", "message", "detail"}]}. The same key again goes on.';

insert into console.functions (name, groups) values
('inverse_of', '{support,finance,admin}'),
('undo_begin', '{support,finance,admin}'),
('undo', '{support,finance,admin}'),
('bulk_begin', '{support,finance,admin}'),
('bulk_note', '{support,finance,admin}'),
('act_many', '{support,finance,admin}');
