-- A bulk is kept from before its first row, so that a console that is killed in the middle goes on where it
-- stopped, also on another machine; and a whole bulk is taken back, row by row.

alter table console.bulks
add column subjects text[],
add column reason text,
add column ended_at timestamptz;

create index bulks_left_idx on console.bulks (login, began_at) where subjects is not null and ended_at is null;

comment on column console.bulks.subjects is 'To whom it was to be done; entries of the trail where it takes them back. Null: not kept.';
comment on column console.bulks.ended_at is 'Came to its end, or was given up.';

create function console.open_bulk(
  p_client_key text, p_action text, p_subjects text[], p_arguments jsonb, p_reason text
) returns void
language plpgsql
security definer
set search_path = ''
as $function$
begin
  perform console.caller_elevated();
  perform console.text_argument(pg_catalog.jsonb_build_object('client_key', p_client_key), 'client_key', 8, 100);
  perform console.text_argument(pg_catalog.jsonb_build_object('reason', p_reason), 'reason', 3, 500);
  if p_action is distinct from 'undo' and not exists (
    select from console.actions as a where a.name = p_action and a.kind <> 'service'
  ) then
    perform console.refuse('HD006', 'There is no such action on many.', pg_catalog.jsonb_build_object('action', p_action));
  end if;
  if coalesce(pg_catalog.cardinality(p_subjects), 0) not between 1 and 100000 or pg_catalog.array_position(p_subjects, null) is not null
    or pg_catalog.length(pg_catalog.array_to_string(p_subjects, '')) > 10000000
  then
    perform console.refuse('HD005', 'Give 1 to 100,000 subjects.', '{"argument": "subjects"}');
  end if;
  if pg_catalog.jsonb_typeof(coalesce(p_arguments, '{}')) <> 'object' or pg_catalog.length(p_arguments::text) > 65536 then
    perform console.refuse('HD005', 'Give the arguments as an object.', '{"argument": "arguments"}');
  end if;
  insert into console.bulks (login, client_key, action, arguments, subjects, reason)
  values (session_user, p_client_key, p_action, coalesce(p_arguments, '{}'), p_subjects, p_reason);
exception
  when unique_violation then
    perform console.refuse('HD007', 'This key belongs to another bulk: begin a new one.', '{"argument": "client_key"}');
end
$function$;

create function console.end_bulk(p_client_key text) returns boolean
language plpgsql
security definer
set search_path = ''
as $function$
begin
  perform console.caller();
  update console.bulks as b set ended_at = pg_catalog.clock_timestamp()
  where b.login = session_user and b.client_key = p_client_key and b.ended_at is null;
  return found;
end
$function$;

-- What is left to do of each of the caller's own. Names are looked up, not kept: the trail alone keeps them.
create function console.bulks_left() returns table (
  client_key text, action text, arguments jsonb, reason text, began_at timestamptz, subjects jsonb
)
language plpgsql
stable
security definer
set search_path = ''
as $function$
begin
  perform console.caller();
  return query
  select b.client_key, b.action, b.arguments, b.reason, b.began_at, (
    select pg_catalog.jsonb_agg(pg_catalog.jsonb_build_object(
      'id', s.id,
      'name', case when b.action = 'undo' then coalesce(e.data ->> 'label', a.subject, s.id)
        else coalesce(nullif(pg_catalog.btrim(u.name), ''), u.email, s.id) end,
      'done', case when b.action = 'undo' then t.id is not null else d.audit_id is not null end
    ) order by s.place)
    from pg_catalog.unnest(b.subjects) with ordinality as s (id, place)
    left join console.users as u on b.action <> 'undo' and u.id = s.id
    left join console.bulk_done as d on d.login = b.login and d.client_key = b.client_key and d.subject = s.id
    left join console.audit as a
      on b.action = 'undo' and a.id = case when s.id ~ '^[0-9]{1,18}$' then s.id::bigint end
    left join console.audit_data as e on e.audit_id = a.id
    left join console.audit as t on t.undoes = a.id
  )
  from console.bulks as b
  where b.login = session_user and b.subjects is not null and b.ended_at is null
  order by b.began_at;
end
$function$;

comment on function console.open_bulk(text, text, text[], jsonb, text) is
  'Keeps what a bulk is about to do, before its first row; action undo: subjects are entries of the trail.';
comment on function console.end_bulk(text) is 'A bulk of the caller came to its end, or is given up; whether it was open.';
comment on function console.bulks_left() is
  'Bulks of the caller that did not come to their end: subjects are [{"id", "name", "done"}].';

-- Runs as the caller and calls act(), as undo() does: whoever may not take the one back may not take the many.
-- The latest first. What was taken back already is not done twice, so the same call again goes on.
create function console.undo_many(
  p_audit_ids bigint[], p_reason text, p_dry_run boolean default true, p_client_key text default null
) returns jsonb
language plpgsql
set search_path = ''
as $function$
declare
  v_dry boolean := coalesce(p_dry_run, true);
  v_there jsonb := console.undo_begin(p_audit_ids, p_client_key);
  v_id bigint;
  v_inverse jsonb;
  v_answer jsonb;
  v_results jsonb[] := '{}';
  v_state text;
  v_message text;
  v_detail text;
  v_done integer := 0;
  v_failed integer := 0;
  v_already integer := 0;
begin
  for v_id in select distinct i from pg_catalog.unnest(p_audit_ids) as i order by i desc loop
    if v_there ? v_id::text then
      v_already := v_already + 1;
      v_results := v_results || pg_catalog.jsonb_build_object(
        'subject', v_id::text, 'ok', true, 'already', true, 'audit_id', v_there -> v_id::text
      );
      continue;
    end if;
    begin
      v_inverse := console.inverse_of(v_id);
      v_answer := console.act(
        v_inverse ->> 'action', v_inverse ->> 'subject',
        (v_inverse -> 'arguments') || pg_catalog.jsonb_strip_nulls(pg_catalog.jsonb_build_object(
          'undoes', v_id, 'run', case when not v_dry then p_client_key end
        )),
        null, v_dry, p_reason
      );
      v_done := v_done + 1;
      v_results := v_results || pg_catalog.jsonb_build_object('subject', v_id::text, 'ok', true, 'answer', v_answer);
    exception
      when others then
        get stacked diagnostics v_state = returned_sqlstate, v_message = message_text, v_detail = pg_exception_detail;
        -- As in act_many: what is wrong with the whole is not one row's failure.
        if v_state not like 'HD%' or v_state in ('HD001', 'HD002', 'HD003', 'HD008') then
          raise;
        end if;
        v_failed := v_failed + 1;
        v_results := v_results || pg_catalog.jsonb_build_object(
          'subject', v_id::text, 'ok', false, 'sqlstate', v_state, 'message', v_message, 'detail', v_detail::jsonb
        );
    end;
  end loop;
  return pg_catalog.jsonb_build_object(
    'action', 'undo', 'dry_run', v_dry, 'client_key', p_client_key, 'done', v_done, 'failed', v_failed, 'already', v_already,
    'results', pg_catalog.to_jsonb(v_results)
  );
end
$function$;

comment on function console.undo_many(bigint[], text, boolean, text) is
  'Takes many actions back, the latest first, up to 1,000 a call; answers as act_many() does, subjects are the entries. The same again goes on.';

insert into console.functions (name, groups) values
('open_bulk', '{support,finance,admin}'),
('end_bulk', '{support,finance,admin}'),
('bulks_left', '{support,finance,admin,auditor}'),
('undo_many', '{support,finance,admin}');

select console.renew_grants();
