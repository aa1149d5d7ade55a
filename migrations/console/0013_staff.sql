-- Staff: who works here, with which login, in which group. The login guards psql, the Auth0 `sub` guards
-- the window; off-boarding ends both at once.

create table console.staff (
  login text not null primary key,
  sub text not null,
  name text not null,
  staff_group text not null,
  active boolean not null default true,
  added_by text not null,
  added_at timestamptz not null default clock_timestamp(),
  enrolled_at timestamptz,
  revoked_by text,
  revoked_at timestamptz,

  constraint staff_group_check check (staff_group in ('support', 'finance', 'admin', 'auditor')),
  constraint staff_revoked_check check (active = (revoked_at is null))
);

-- One person, one login at a time.
create unique index staff_sub_key on console.staff (sub) where active;

comment on table console.staff is 'Members of staff, former ones included: the audit trail names their logins.';
comment on column console.staff.sub is 'Auth0 user id of the same person: the window shows data only when both agree.';
comment on column console.staff.enrolled_at is 'When they set a password of their own; null: the one-time code still waits.';

create table console.enrolments (
  login text not null primary key references console.staff (login),
  code_digest bytea not null,
  expires_at timestamptz not null,
  redeemed_at timestamptz,
  tries integer not null default 0,
  blocked_until timestamptz
);

comment on table console.enrolments is 'One-time codes of new staff, as digests: the code itself is shown once and kept nowhere.';

create table console.elevations (
  id bigint not null generated always as identity primary key,
  login text not null,
  reason text not null,
  began_at timestamptz not null,
  until timestamptz not null,
  ended_at timestamptz,

  constraint elevations_until_check check (until > began_at and until <= began_at + interval '15 minutes')
);

create index elevations_login_idx on console.elevations (login, until desc);

comment on table console.elevations is 'When staff could change things, and what for. Belongs to a login, whatever session a pooler gives it.';

alter table console.staff enable row level security;
alter table console.enrolments enable row level security;
alter table console.elevations enable row level security;

create function console.caller() returns console.staff
language plpgsql
stable
set search_path = ''
as $function$
declare
  v_staff console.staff;
begin
  select s.* into v_staff from console.staff as s where s.login = session_user and s.active;
  if not found then
    perform console.refuse(
      'HD001',
      pg_catalog.format('The login %s is no active member of staff: ask an admin to add it.', session_user),
      pg_catalog.jsonb_build_object('login', session_user)
    );
  end if;
  return v_staff;
end
$function$;

create function console.elevation(p_login text) returns console.elevations
language sql
stable
set search_path = ''
as $function$
  select e.* from console.elevations as e
  where e.login = p_login and e.ended_at is null and e.until > pg_catalog.clock_timestamp()
  order by e.until desc limit 1;
$function$;

create function console.caller_elevated() returns console.staff
language plpgsql
stable
set search_path = ''
as $function$
declare
  v_staff console.staff := console.caller();
  v_until timestamptz;
begin
  if (console.elevation(v_staff.login)).id is null then
    select max(e.until) into v_until from console.elevations as e where e.login = v_staff.login;
    perform console.refuse(
      'HD002', 'You are looking read-only: say what you are about to do, then you may for some minutes.',
      pg_catalog.jsonb_build_object('ended', v_until)
    );
  end if;
  return v_staff;
end
$function$;

comment on function console.caller() is 'Internal: the active member of staff behind this session; refuses anybody else.';
comment on function console.elevation(text) is 'Internal: the running elevation of a login.';
comment on function console.caller_elevated() is 'Internal: as caller(), and elevated now.';

create function console.whoami() returns jsonb
language plpgsql
stable
security definer
set search_path = ''
as $function$
declare
  v_staff console.staff;
  v_elevation console.elevations;
begin
  select s.* into v_staff from console.staff as s where s.login = session_user;
  v_elevation := console.elevation(session_user);
  return pg_catalog.jsonb_build_object(
    'login', session_user,
    'group', case when v_staff.active then v_staff.staff_group end,
    'staff', case when v_staff.login is not null then pg_catalog.jsonb_build_object(
      'sub', v_staff.sub, 'name', v_staff.name, 'group', v_staff.staff_group, 'active', v_staff.active,
      'added_at', v_staff.added_at, 'enrolled_at', v_staff.enrolled_at, 'revoked_at', v_staff.revoked_at
    ) end,
    'elevation', case when v_staff.active and v_elevation.id is not null then pg_catalog.jsonb_build_object(
      'until', v_elevation.until, 'reason', v_elevation.reason, 'began_at', v_elevation.began_at
    ) end,
    'server_time', pg_catalog.clock_timestamp()
  );
end
$function$;

comment on function console.whoami() is
  'Who the database takes the caller for: {"login", "group", "staff", "elevation": {"until", "reason", "began_at"} or null, "server_time"}.';

create function console.elevate(p_reason text, p_minutes integer default 15) returns jsonb
language plpgsql
security definer
set search_path = ''
as $function$
declare
  v_staff console.staff := console.caller();
  v_reason text := console.text_argument(pg_catalog.jsonb_build_object('reason', p_reason), 'reason', 3, 500);
  v_now timestamptz := pg_catalog.clock_timestamp();
  v_elevation console.elevations;
begin
  if v_staff.staff_group = 'auditor' then
    perform console.refuse('HD003', 'Auditors read; they change nothing.', '{"group": "auditor"}');
  end if;
  if p_minutes is null or p_minutes not between 1 and 15 then
    perform console.refuse('HD005', 'Choose from 1 to 15 minutes.', '{"argument": "minutes"}');
  end if;
  update console.elevations as e set ended_at = v_now
  where e.login = v_staff.login and e.ended_at is null and e.until > v_now;
  insert into console.elevations (login, reason, began_at, until)
  values (v_staff.login, v_reason, v_now, v_now + pg_catalog.make_interval(mins => p_minutes))
  returning * into v_elevation;
  perform console.audit_write(
    'staff', 'elevate', 'staff', v_staff.login,
    pg_catalog.jsonb_build_object('reason', v_reason, 'arguments', pg_catalog.jsonb_build_object('minutes', p_minutes))
  );
  return pg_catalog.jsonb_build_object(
    'until', v_elevation.until, 'reason', v_elevation.reason, 'began_at', v_elevation.began_at, 'server_time', v_now
  );
end
$function$;

create function console.end_elevation() returns boolean
language plpgsql
security definer
set search_path = ''
as $function$
declare
  v_staff console.staff := console.caller();
begin
  update console.elevations as e set ended_at = pg_catalog.clock_timestamp()
  where e.login = v_staff.login and e.ended_at is null and e.until > pg_catalog.clock_timestamp();
  if not found then
    return false;
  end if;
  perform console.audit_write('staff', 'end_elevation', 'staff', v_staff.login, '{}');
  return true;
end
$function$;

comment on function console.elevate(text, integer) is
  'Lets the caller change things for some minutes, 15 at most, for a reason that is recorded: {"until", "reason", "began_at", "server_time"}.';
comment on function console.end_elevation() is 'Ends the caller''s elevation early; whether there was one.';

-- Who may change the list of staff: an elevated admin, or the owner of this schema, who adds the first.
create function console.staff_keeper() returns text
language plpgsql
stable
set search_path = ''
as $function$
declare
  v_staff console.staff;
begin
  if session_user = current_user then
    return session_user;
  end if;
  v_staff := console.caller_elevated();
  if v_staff.staff_group <> 'admin' then
    perform console.refuse('HD003', 'Only admins change the list of staff.', pg_catalog.jsonb_build_object('group', v_staff.staff_group));
  end if;
  return v_staff.login;
end
$function$;

comment on function console.staff_keeper() is 'Internal: the login of whoever may change the list of staff; to be called by a definer function.';

create function console.staff_record(p_login text, p_sub text, p_name text, p_group text) returns void
language plpgsql
set search_path = ''
as $function$
declare
  v_given jsonb := pg_catalog.jsonb_build_object('login', p_login, 'sub', p_sub, 'name', p_name, 'group', p_group);
  v_taken text;
begin
  perform console.text_argument(v_given, 'sub', 3, 255);
  perform console.text_argument(v_given, 'name', 1, 100);
  perform console.choice_argument(v_given, 'group', array['support', 'finance', 'admin', 'auditor']);
  select s.login into v_taken from console.staff as s where s.sub = p_sub and s.active and s.login <> p_login;
  if found then
    perform console.refuse(
      'HD007', pg_catalog.format('%s is the same person''s login already: revoke it first.', v_taken),
      pg_catalog.jsonb_build_object('login', v_taken)
    );
  end if;
  insert into console.staff (login, sub, name, staff_group, added_by)
  values (p_login, p_sub, pg_catalog.btrim(p_name), p_group, session_user)
  on conflict (login) do update set
    sub = excluded.sub, name = excluded.name, staff_group = excluded.staff_group, active = true,
    added_by = excluded.added_by, added_at = pg_catalog.clock_timestamp(), enrolled_at = null,
    revoked_at = null, revoked_by = null;
end
$function$;

comment on function console.staff_record(text, text, text, text) is 'Internal: writes a member of staff down.';

-- The code says by itself until when it works and whether it was copied rightly. Until it is redeemed it is the
-- login's password, and to a wrong password Postgres does not say what is wrong with it: mistyped, used and
-- expired codes would look the same to whoever types them.
create function console.add_staff(p_login text, p_sub text, p_name text, p_group text) returns jsonb
language plpgsql
security definer
set search_path = ''
set password_encryption = 'scram-sha-256'
as $function$
declare
  v_keeper text := console.staff_keeper();
  -- 122 random bits, in groups that can be read out; then the minute until which it works, and a check.
  v_code text := pg_catalog.replace(pg_catalog.gen_random_uuid()::text, '-', '');
  v_expires timestamptz := pg_catalog.date_trunc('minute', pg_catalog.clock_timestamp()) + interval '1 day';
begin
  if p_login is null or p_login !~ '^[a-z][a-z0-9_.-]{0,62}$' or p_login ~ '^(pg_|console_)' then
    perform console.refuse(
      'HD005', 'Choose a login of small letters, digits, points, hyphens and underscores that begins with a letter.',
      '{"argument": "login"}'
    );
  end if;
  v_code := pg_catalog.regexp_replace(v_code, '(.{8})(?=.)', '\1-', 'g')
    || '-' || pg_catalog.lpad(pg_catalog.to_hex((extract(epoch from v_expires) / 60)::bigint), 8, '0');
  v_code := v_code || '-' || pg_catalog.left(pg_catalog.encode(pg_catalog.sha256(pg_catalog.convert_to(v_code, 'UTF8')), 'hex'), 8);
  perform console.staff_record(p_login, p_sub, p_name, p_group);
  if pg_catalog.to_regrole(pg_catalog.quote_ident('console_' || p_group)) is null then
    perform console.refuse(
      'HD010', 'The groups of staff are missing: attach again as a role that may create roles.',
      pg_catalog.jsonb_build_object('group', 'console_' || p_group)
    );
  end if;
  begin
    if pg_catalog.to_regrole(pg_catalog.quote_ident(p_login)) is null then
      -- Until the code is redeemed, it is the password.
      execute pg_catalog.format(
        'create role %I login inherit password %L valid until %L', p_login, v_code, v_expires::text
      );
    elsif exists (
      select from console.staff as s join console.enrolments as e on e.login = s.login where s.login = p_login
    ) then
      -- Somebody who was here before.
      execute pg_catalog.format(
        'alter role %I login password %L valid until %L', p_login, v_code, v_expires::text
      );
    else
      perform console.refuse(
        'HD007', pg_catalog.format('There is a login %s that Hopsdesk did not make: choose another.', p_login),
        pg_catalog.jsonb_build_object('login', p_login)
      );
    end if;
    execute pg_catalog.format('alter role %I set lock_timeout = %L', p_login, '10s');
    execute pg_catalog.format('grant %I to %I', 'console_' || p_group, p_login);
  exception
    when insufficient_privilege then
      perform console.refuse(
        'HD010',
        'The owner of the console may not make logins here: add the person as a role that may, then adopt the login.',
        pg_catalog.jsonb_build_object('owner', current_user, 'why', sqlerrm)
      );
  end;
  insert into console.enrolments (login, code_digest, expires_at)
  values (p_login, pg_catalog.sha256(pg_catalog.convert_to(v_code, 'UTF8')), v_expires)
  on conflict (login) do update set
    code_digest = excluded.code_digest, expires_at = excluded.expires_at, redeemed_at = null, tries = 0, blocked_until = null;
  perform console.audit_write(
    'staff', 'add_staff', 'staff', p_login,
    pg_catalog.jsonb_build_object('arguments', pg_catalog.jsonb_build_object('sub', p_sub, 'name', p_name, 'group', p_group))
  );
  return pg_catalog.jsonb_build_object(
    'login', p_login, 'group', p_group, 'code', v_code, 'expires_at', v_expires, 'added_by', v_keeper
  );
end
$function$;

comment on function console.add_staff(text, text, text, text) is
  'Makes a login, valid for a day, and the one-time code with which its owner sets a password: {"login", "group", "code", "expires_at"}. The code is shown here only; until it is redeemed it is the password.';

-- For logins that are there already: the owner's own, or one made by whoever may make logins.
create function console.adopt_staff(p_login text, p_sub text, p_name text, p_group text) returns jsonb
language plpgsql
security definer
set search_path = ''
as $function$
begin
  if session_user <> current_user then
    perform console.refuse('HD003', 'Only the owner of the console adopts logins.', '{}');
  end if;
  if p_login is null or not exists (select from pg_catalog.pg_roles as r where r.rolname = p_login and r.rolcanlogin) then
    perform console.refuse(
      'HD006', pg_catalog.format('There is no login %s.', coalesce(p_login, '(none)')), pg_catalog.jsonb_build_object('login', p_login)
    );
  end if;
  perform console.staff_record(p_login, p_sub, p_name, p_group);
  update console.staff as s set enrolled_at = pg_catalog.clock_timestamp() where s.login = p_login;
  -- The owner executes its own functions without being told.
  if p_login <> current_user then
    begin
      execute pg_catalog.format('grant %I to %I', 'console_' || p_group, p_login);
    exception
      when insufficient_privilege or undefined_object then
        perform console.refuse(
          'HD010', pg_catalog.format('Grant console_%s to %s as a role that may, then adopt the login again.', p_group, p_login),
          pg_catalog.jsonb_build_object('why', sqlerrm)
        );
    end;
  end if;
  perform console.audit_write(
    'staff', 'adopt_staff', 'staff', p_login,
    pg_catalog.jsonb_build_object('arguments', pg_catalog.jsonb_build_object('sub', p_sub, 'name', p_name, 'group', p_group))
  );
  return pg_catalog.jsonb_build_object('login', p_login, 'group', p_group);
end
$function$;

comment on function console.adopt_staff(text, text, text, text) is
  'Makes a login that exists a member of staff; for the owner of the console only: {"login", "group"}.';

-- Answers instead of refusing where a try must be counted: an error would take the count back.
create function console.redeem_enrolment(p_code text, p_verifier text) returns jsonb
language plpgsql
security definer
set search_path = ''
as $function$
declare
  v_now timestamptz := pg_catalog.clock_timestamp();
  v_enrolment console.enrolments;
  v_outcome text;
begin
  perform console.caller();
  select e.* into v_enrolment from console.enrolments as e where e.login = session_user for update;
  if not found then
    perform console.refuse('HD006', 'No code was made for this login.', '{}');
  end if;
  -- RFC 5803, as Postgres keeps it.
  if p_verifier is null
    or p_verifier !~ '^SCRAM-SHA-256\$[0-9]{4,7}:[A-Za-z0-9+/]{16,88}={0,2}\$[A-Za-z0-9+/]{43}=:[A-Za-z0-9+/]{43}=$'
    or pg_catalog.substring(p_verifier, '\$([0-9]+):')::integer < 4096
  then
    perform console.refuse('HD005', 'This is no SCRAM-SHA-256 verifier.', '{"argument": "verifier"}');
  end if;
  v_outcome := case
    when v_enrolment.blocked_until > v_now then 'too_many'
    when v_enrolment.code_digest is distinct from
      pg_catalog.sha256(pg_catalog.convert_to(pg_catalog.lower(pg_catalog.btrim(coalesce(p_code, ''))), 'UTF8')) then 'mistyped'
    when v_enrolment.redeemed_at is not null then 'used'
    when v_enrolment.expires_at <= v_now then 'expired'
    else 'redeemed'
  end;
  if v_outcome = 'mistyped' then
    -- Five tries, then a quarter of an hour's rest.
    update console.enrolments as e set
      tries = case when e.tries >= 4 then 0 else e.tries + 1 end,
      blocked_until = case when e.tries >= 4 then v_now + interval '15 minutes' end
    where e.login = session_user;
  elsif v_outcome = 'redeemed' then
    begin
      execute pg_catalog.format('alter role %I password %L valid until %L', session_user, p_verifier, 'infinity');
    exception
      when insufficient_privilege then
        perform console.refuse('HD010', 'The owner of the console may not set passwords any more: ask for one.', '{}');
    end;
    update console.enrolments as e set redeemed_at = v_now, tries = 0, blocked_until = null where e.login = session_user;
    update console.staff as s set enrolled_at = v_now where s.login = session_user;
    perform console.audit_write('staff', 'redeem_enrolment', 'staff', session_user, '{}');
  end if;
  return pg_catalog.jsonb_build_object(
    'ok', v_outcome = 'redeemed',
    'outcome', v_outcome,
    'message', case v_outcome
      when 'redeemed' then 'Your password is set.'
      when 'mistyped' then 'That is not the code: look again, or ask for a new one.'
      when 'used' then 'This code was used already: sign in with the password that was set, or ask for a new code.'
      when 'expired' then 'This code has expired: ask for a new one.'
      when 'too_many' then 'Too many tries: wait a quarter of an hour.'
    end
  );
end
$function$;

comment on function console.redeem_enrolment(text, text) is
  'Sets the caller''s password from a SCRAM verifier and lifts the day''s limit: {"ok", "outcome": redeemed, mistyped, used, expired or too_many, "message"}.';

create function console.revoke_staff(p_login text, p_reason text default null) returns jsonb
language plpgsql
security definer
set search_path = ''
as $function$
declare
  v_keeper text := console.staff_keeper();
  v_staff console.staff;
  v_sessions text := 'none';
  v_login_ended boolean := true;
  v_group text;
begin
  select s.* into v_staff from console.staff as s where s.login = p_login for update;
  if not found or not v_staff.active then
    perform console.refuse(
      'HD006', pg_catalog.format('%s is no active member of staff.', coalesce(p_login, '(none)')), pg_catalog.jsonb_build_object('login', p_login)
    );
  end if;
  if p_login = session_user then
    perform console.refuse('HD007', 'Nobody revokes their own login: ask another admin.', '{}');
  end if;
  update console.staff as s set active = false, revoked_by = v_keeper, revoked_at = pg_catalog.clock_timestamp()
  where s.login = p_login;
  update console.elevations as e set ended_at = pg_catalog.clock_timestamp()
  where e.login = p_login and e.ended_at is null and e.until > pg_catalog.clock_timestamp();
  -- What follows is a second lock on a door that is shut: no function of ours listens to them any more.
  if p_login <> current_user then
    begin
      foreach v_group in array array['support', 'finance', 'admin', 'auditor'] loop
        if pg_catalog.pg_has_role(p_login, 'console_' || v_group, 'member') then
          execute pg_catalog.format('revoke %I from %I', 'console_' || v_group, p_login);
        end if;
      end loop;
    exception
      when insufficient_privilege or undefined_object then v_login_ended := false;
    end;
    -- A login that was adopted may be beyond our reach; its group is not.
    begin
      execute pg_catalog.format('alter role %I nologin', p_login);
    exception
      when insufficient_privilege or undefined_object then v_login_ended := false;
    end;
    if exists (select from pg_catalog.pg_stat_activity as a where a.usename = p_login) then
      begin
        -- Only members of a role may end its sessions.
        execute pg_catalog.format('grant %I to %I', p_login, current_user);
        perform pg_catalog.pg_terminate_backend(a.pid) from pg_catalog.pg_stat_activity as a where a.usename = p_login;
        execute pg_catalog.format('revoke %I from %I', p_login, current_user);
        v_sessions := 'ended';
      exception
        when others then v_sessions := 'left';
      end;
    end if;
  end if;
  perform console.audit_write(
    'staff', 'revoke_staff', 'staff', p_login, pg_catalog.jsonb_build_object('reason', p_reason, 'sessions', v_sessions)
  );
  return pg_catalog.jsonb_build_object('login', p_login, 'login_ended', v_login_ended, 'sessions', v_sessions);
end
$function$;

comment on function console.revoke_staff(text, text) is
  'Ends a member''s staff record, login, groups, elevation and sessions: {"login", "login_ended", "sessions": none, ended or left}.';

create function console.staff_list() returns table (
  login text, sub text, name text, staff_group text, active boolean, added_by text, added_at timestamptz,
  enrolled_at timestamptz, revoked_by text, revoked_at timestamptz, code_expires_at timestamptz, elevated_until timestamptz
)
language sql
stable
security definer
set search_path = ''
as $function$
  select
    s.login, s.sub, s.name, s.staff_group, s.active, s.added_by, s.added_at, s.enrolled_at, s.revoked_by, s.revoked_at,
    case when e.redeemed_at is null then e.expires_at end, (console.elevation(s.login)).until
  from console.staff as s
  left join console.enrolments as e on e.login = s.login
  order by s.active desc, s.name, s.login;
$function$;

comment on function console.staff_list() is 'Members of staff, the active first.';

insert into console.functions (name, groups) values
('whoami', '{support,finance,admin,auditor,receiver,collector}'),
('elevate', '{support,finance,admin}'),
('end_elevation', '{support,finance,admin}'),
('add_staff', '{admin}'),
('redeem_enrolment', '{support,finance,admin,auditor}'),
('revoke_staff', '{admin}'),
('staff_list', '{support,finance,admin,auditor}');
