-- One-time codes that say by themselves until when they work and whether they were copied rightly. Until it
-- is redeemed, the code is the login's password, and to a wrong password Postgres does not say what is wrong
-- with it: mistyped, used and expired codes would look the same to whoever types them.

create or replace function console.add_staff(p_login text, p_sub text, p_name text, p_group text) returns jsonb
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

select console.renew_grants();
