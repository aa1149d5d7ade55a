-- The trusted part: who may do what is decided here, in the database, because neither the window nor our
-- program on somebody's laptop can be trusted to. This page is the contract of migrations 0010 to 0029.
--
-- Groups       console_support, console_finance, console_admin, console_auditor, console_receiver,
--              console_collector: roles that cannot log in. A member of staff has a login of their own
--              in one of the first four, and a row in console.staff. Nobody writes a table: everything
--              is a function, executable by the groups that console.functions names.
-- Staff        whoami() · add_staff(login, sub, name, group) · adopt_staff(…) for a login that is there ·
--              redeem_enrolment(code, verifier) · revoke_staff(login, reason) · staff_list()
-- Elevation    elevate(reason, minutes) · end_elevation(). Belongs to the login, not to a session: a
--              pooler may give every transaction another session.
-- Actions      act(action, subject, arguments, expected, dry_run, reason) calls console.<action>(subject,
--              arguments, expected, dry_run) as the caller, so that Postgres checks EXECUTE; the action
--              checks staff, group and elevation again, by session_user. A dry run needs no elevation: it
--              does everything and takes it back, so that what it shows is what would happen.
--              actions_for(kind, subject): kinds user, account, cluster, invite.
--              act_many(action, items, arguments, reason, dry_run, client_key) · undo(audit_id, reason,
--              dry_run).
-- Answer       {"audit_id", "action", "subject", "dry_run",
--               "changes": [{"table", "id", "label", "column", "before", "after"}],
--               "cascade": [{"id", "label", "change"}],
--               "effects": [{"outbox_id", "system", "kind", "subject", "state"}],
--               "version": what the subject was before, "inverse": {"action", "subject", "arguments"} or
--               null, "warnings": [text]}
-- Version      one digest a column, so that "stale" can say which of them changed meanwhile.
-- Refusals     SQLSTATE class HD; MESSAGE is a sentence for people that says what to do, DETAIL is JSON
--              with "code" and data:
--              HD001 not_staff · HD002 not_elevated · HD003 not_allowed · HD004 stale · HD005 bad_argument
--              HD006 not_found · HD007 conflict · HD008 not_supported_here · HD009 too_many
--              HD010 cannot_make_logins · HD011 rows_unprotected · HD012 append_only
-- Audit        audit_entries (view) · verify_audit(chain, seq, hash) · audit_head() · erase_audit_data(user,
--              reason). Two chains: staff, system.
-- Outbox       claim_outbox(limit, now, own_only, systems) · finish_outbox(id, lease, outcome) · retry_outbox(id,
--              lease, error, at) · bury_outbox(id, lease, error) · requeue_outbox(id, reason) · outbox_of(…)
-- Switches     effects (view) · set_effect(effect, cluster, mode, reason)
-- Events       traffic (view) · event_payload(id) · effect_payload(id) · replay(events, effects, from, until, states,
--              system, reason, dry_run) · dismiss_traffic(way, id, reason)
-- Alerts       alerts, alert_deliveries, alert_rounds (tables) · acknowledge_alert(id, note) · the rest: 0061
-- Notes        notes_of(kind, subject) · action add_note
-- A customer   staff_acts_on(user): their part of the timeline · view_as(user, reason)
-- Bulks        open_bulk(key, action, subjects, arguments, reason) · bulks_left() · end_bulk(key) · undo_many(audit_ids,
--              reason, dry_run, client_key)

create function console.refusal_name(p_code text) returns text
language sql
immutable
set search_path = ''
as $function$
  select case p_code
    when 'HD001' then 'not_staff'
    when 'HD002' then 'not_elevated'
    when 'HD003' then 'not_allowed'
    when 'HD004' then 'stale'
    when 'HD005' then 'bad_argument'
    when 'HD006' then 'not_found'
    when 'HD007' then 'conflict'
    when 'HD008' then 'not_supported_here'
    when 'HD009' then 'too_many'
    when 'HD010' then 'cannot_make_logins'
    when 'HD011' then 'rows_unprotected'
    when 'HD012' then 'append_only'
  end;
$function$;

create function console.refuse(p_code text, p_message text, p_data jsonb default '{}') returns void
language plpgsql
set search_path = ''
as $function$
begin
  raise exception using
    errcode = p_code,
    message = p_message,
    detail = (pg_catalog.jsonb_build_object('code', console.refusal_name(p_code)) || p_data)::text;
end
$function$;

comment on function console.refuse(text, text, jsonb) is
  'Internal: ends the statement with a stable code and a sentence that says what to do.';

-- Arguments come as JSON from programs and people; each is read once, strictly, by one of these.

create function console.text_argument(
  p_arguments jsonb, p_key text, p_shortest integer, p_longest integer, p_required boolean default true
) returns text
language plpgsql
immutable
set search_path = ''
as $function$
declare
  v_text text := pg_catalog.btrim(p_arguments ->> p_key);
begin
  if coalesce(v_text, '') = '' and not p_required then
    return null;
  end if;
  if pg_catalog.jsonb_typeof(p_arguments -> p_key) is distinct from 'string'
    or pg_catalog.length(v_text) not between p_shortest and p_longest
    or v_text ~ '[\u0001-\u0008\u000b\u000c\u000e-\u001f\u007f]'
  then
    perform console.refuse(
      'HD005',
      pg_catalog.format('Give %s as text of %s to %s characters.', pg_catalog.replace(p_key, '_', ' '), p_shortest, p_longest),
      pg_catalog.jsonb_build_object('argument', p_key)
    );
  end if;
  return v_text;
end
$function$;

create function console.amount_argument(
  p_arguments jsonb, p_key text, p_least numeric, p_most numeric, p_required boolean default true
) returns numeric
language plpgsql
immutable
set search_path = ''
as $function$
declare
  v_text text := p_arguments ->> p_key;
begin
  if v_text is null and not p_required then
    return null;
  end if;
  -- Plain digits only: no NaN, no infinity, no 1e9. Twelve before the point and eighteen behind it are
  -- what every program of ours can hold.
  if pg_catalog.jsonb_typeof(p_arguments -> p_key) not in ('string', 'number') or v_text is null
    or v_text !~ '^-?[0-9]{1,12}([.][0-9]{1,18})?$'
    or v_text::numeric < p_least or v_text::numeric > p_most
  then
    perform console.refuse(
      'HD005',
      pg_catalog.format(
        'Give %s as a plain number from %s to %s.', pg_catalog.replace(p_key, '_', ' '), p_least, p_most
      ),
      pg_catalog.jsonb_build_object('argument', p_key)
    );
  end if;
  return pg_catalog.trim_scale(v_text::numeric);
end
$function$;

create function console.choice_argument(p_arguments jsonb, p_key text, p_choices text[]) returns text
language plpgsql
immutable
set search_path = ''
as $function$
begin
  if pg_catalog.jsonb_typeof(p_arguments -> p_key) is distinct from 'string'
    or not coalesce((p_arguments ->> p_key) = any (p_choices), false)
  then
    perform console.refuse(
      'HD005',
      pg_catalog.format(
        'Choose one for %s: %s.', pg_catalog.replace(p_key, '_', ' '), pg_catalog.array_to_string(p_choices, ', ')
      ),
      pg_catalog.jsonb_build_object('argument', p_key, 'choices', p_choices)
    );
  end if;
  return p_arguments ->> p_key;
end
$function$;

create function console.time_argument(p_arguments jsonb, p_key text) returns timestamptz
language plpgsql
stable
set search_path = ''
set timezone to 'UTC'
as $function$
declare
  v_time timestamptz;
begin
  if coalesce(p_arguments ->> p_key, '') = '' then
    return null;
  end if;
  begin
    -- Only the ISO form: "tomorrow" means another day to everybody.
    if pg_catalog.jsonb_typeof(p_arguments -> p_key) = 'string'
      and (p_arguments ->> p_key) ~ '^[0-9]{4}-[0-9]{2}-[0-9]{2}([T ][0-9:.]{5,15}(Z|[+-][0-9:]{2,6})?)?$'
    then
      v_time := (p_arguments ->> p_key)::timestamptz;
    end if;
  exception
    when data_exception then v_time := null;
  end;
  if v_time is null then
    perform console.refuse(
      'HD005', pg_catalog.format('Give %s as a date, like 2026-03-31.', pg_catalog.replace(p_key, '_', ' ')),
      pg_catalog.jsonb_build_object('argument', p_key)
    );
  end if;
  return v_time;
end
$function$;

comment on function console.text_argument(jsonb, text, integer, integer, boolean) is 'Internal: an argument that is text.';
comment on function console.amount_argument(jsonb, text, numeric, numeric, boolean) is
  'Internal: an argument that is a number, as digits in text or a JSON number.';
comment on function console.choice_argument(jsonb, text, text[]) is 'Internal: an argument that is one of a few words.';
comment on function console.time_argument(jsonb, text) is 'Internal: an argument that is a time; null when it is not given.';
comment on function console.refusal_name(text) is 'Internal: the stable name of a refusal.';
