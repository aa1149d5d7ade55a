-- Secrets that are sealed in the service's own table, too: the plain one gives way to what age made of it, written as text,
-- the sealed copy as it stands in console. Only when asked, after whatever reads the column was taken over: until then the
-- service's own programs may still need the plain one. What stands there opens for the same people as the copy, also when
-- Hopsdesk is gone; and it is changed with the copy, so that nobody who is no recipient any more opens it there.

-- As age writes it for mail and the like: "age armored" of https://age-encryption.org/v1, lines of 64 characters.
create function console.armoured(p_sealed bytea) returns text
language sql
immutable
set search_path = ''
as $function$
  select '-----BEGIN AGE ENCRYPTED FILE-----' || E'\n'
    || pg_catalog.regexp_replace(
      pg_catalog.replace(pg_catalog.encode(p_sealed, 'base64'), E'\n', ''), '(.{1,64})', E'\\1\n', 'g'
    )
    || '-----END AGE ENCRYPTED FILE-----' || E'\n';
$function$;

comment on function console.armoured(bytea) is 'Internal: what age made, as text.';

-- How to take what the service's column holds: null (nothing), plain, ours (the sealed copy as text), age (sealed with age,
-- and not that copy), other (by its beginning: PGP, Vault, Fernet, OpenSSL, SOPS, JWE). A key that begins like none is plain.
create function console.kept_as(p_text text, p_sealed bytea) returns text
language sql
immutable
set search_path = ''
as $function$
  select case
    when coalesce(pg_catalog.btrim(p_text, E' \t\r\n'), '') = '' then null
    when p_sealed is not null
      and pg_catalog.btrim(p_text, E' \t\r\n') = pg_catalog.btrim(console.armoured(p_sealed), E'\n') then 'ours'
    when pg_catalog.btrim(p_text, E' \t\r\n') like '-----BEGIN AGE ENCRYPTED FILE-----%' then 'age'
    when pg_catalog.btrim(p_text, E' \t\r\n') ~ ('^(-----BEGIN PGP MESSAGE-----|vault:v[0-9]+:|gAAAAA[A-Za-z0-9_-]{60}'
      || '|U2FsdGVkX1|Salted__|ENC\[AES|eyJ[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]*){4}$)') then 'other'
    else 'plain'
  end;
$function$;

comment on function console.kept_as(text, bytea) is
  'Internal: how to take what the service''s column holds, beside that sealed copy: null, plain, ours, age or other.';

-- For whoever reaches clusters: what another program encrypted opens none.
create function console.is_foreign(p_text text) returns boolean
language sql
immutable
security definer
set search_path = ''
as $function$
  select coalesce(console.kept_as(p_text, null) = 'other', false);
$function$;

comment on function console.is_foreign(text) is 'Whether another program encrypted this, by how it begins.';

-- What the service's own column holds. For our functions alone.
create function console.secret_there(p_cluster_id text, p_kind text) returns text
language plpgsql
stable
set search_path = ''
as $function$
begin
  return (
    select case p_kind when 'api_key' then a.api_key when 'kubeconfig' then a.kubeconfig end
    from console.cluster_access(p_cluster_id) as a limit 1
  );
end
$function$;

comment on function console.secret_there(text, text) is 'Internal: a secret as the service''s own column holds it.';

-- Effects that are had with such a secret: where one is not live, the service's own programs may have it, and read the column.
create function console.effects_by(p_kind text) returns text[]
language sql
immutable
set search_path = ''
as $function$
  select case p_kind when 'api_key' then array['hopsworks_status', 'hopsworks_user', 'hopsworks_quota'] else array['usage_daily'] end;
$function$;

comment on function console.effects_by(text) is 'Internal: the effects that are had with such a secret.';

-- Which secret stands sealed in the service's own table, of a cluster (null: of each that nothing else is said of) where that
-- effect is live; null: none does.
create function console.sealed_for(p_effect text, p_cluster_id text) returns text
language plpgsql
stable
set search_path = ''
as $function$
begin
  return (
    select pg_catalog.format('%s of %s', o.kind, coalesce(o.cluster_name, o.cluster_id)) from console.sealing_of(p_cluster_id) as o
    where
      (o.there = 'ours' or o.there = 'age' and not o.is_sealed) and p_effect = any (console.effects_by(o.kind))
      and console.effect_mode(p_effect, o.cluster_id) = 'live'
      and (p_cluster_id is not null or not exists (
        select from console.effect_switches as e where e.effect = p_effect and e.cluster_id = o.cluster_id))
    order by o.cluster_name, o.cluster_id limit 1
  );
end
$function$;

comment on function console.sealed_for(text, text) is
  'Internal: a secret that stands sealed in the service''s own table, where that effect is live.';

-- Where a secret of a cluster stands in the service's own table, and why it cannot be sealed there; null: it can.
-- p_taken_over: somebody said that nothing else reads it.
create function console.secret_place(p_cluster_id text, p_kind text, p_taken_over boolean) returns table (place text, why text)
language plpgsql
stable
security definer
set search_path = ''
as $function$
declare
  v_lacks text := console.lacking('{write_cluster_secret,place_of_cluster_secret}');
  v_shadow text;
begin
  perform console.sealing_allowed();
  if v_lacks is not null then
    return query select null::text, v_lacks;
    return;
  end if;
  select e.effect || ' is ' || case console.effect_mode(e.effect, p_cluster_id) when 'off' then 'switched off' else 'in shadow' end
  into v_shadow
  from pg_catalog.unnest(console.effects_by(p_kind)) with ordinality as e (effect, place)
  where console.effect_mode(e.effect, p_cluster_id) <> 'live'
  order by e.place limit 1;
  return query
  select p.place, coalesce(p.why, case when not p_taken_over and v_shadow is not null then pg_catalog.format(
    'the service''s own programs may still read it, since %s for this cluster: take over first (`effects set`), or say --taken-over where nothing else reads the column',
    v_shadow
  ) end)
  from console.place_of_cluster_secret(p_kind) as p;
end
$function$;

comment on function console.secret_place(text, text, boolean) is
  'Where a secret stands in the service''s own table, and why it cannot be sealed there; whoever owns the schema.';

-- Whoever seals there holds secret and row, and reads both as they are: what they open is what they prove. No row: it is
-- gone, or changed in this moment. Without a copy, what is of the copy is null.
create function console.hold_secret(p_cluster_id text, p_kind text) returns table (
  there text, sealed bytea, salt bytea, digest bytea, sealed_at timestamptz
)
language plpgsql
security definer
set search_path = ''
as $function$
declare
  v_there text;
begin
  perform console.sealing_allowed();
  perform console.lock_secret(p_cluster_id, p_kind);
  v_there := console.secret_there(p_cluster_id, p_kind);
  if not console.write_cluster_secret(p_cluster_id, p_kind, v_there, null) then
    return;
  end if;
  return query
  select v_there, s.sealed, s.salt, s.digest, s.sealed_at
  from (values (p_cluster_id, p_kind)) as one (cluster_id, kind)
  left join console.cluster_secrets as s on s.cluster_id = one.cluster_id and s.kind = one.kind;
end
$function$;

comment on function console.hold_secret(text, text) is
  'Holds a secret and the row it stands in until the transaction ends, and reads both; whoever owns the schema.';

create function console.in_place_written(p_action text, p_cluster_id text, p_kind text, p_before text, p_after text, p_reason text, p_taken_over boolean)
returns jsonb
language sql
set search_path = ''
as $function$
  select pg_catalog.jsonb_build_object('audit_id', console.audit_write(
    'staff', p_action, 'cluster', p_cluster_id, pg_catalog.jsonb_build_object('reason', p_reason, 'changes', pg_catalog.jsonb_build_array(
      pg_catalog.jsonb_build_object(
        'table', 'clusters', 'id', p_cluster_id, 'label', p_kind, 'column', p_kind, 'before', p_before, 'after', p_after)))
    || case when p_taken_over then pg_catalog.jsonb_build_object('warnings', pg_catalog.jsonb_build_array(
         'Said: nothing else reads the column.')) else '{}' end
  ));
$function$;

comment on function console.in_place_written(text, text, text, text, text, text, boolean) is
  'Internal: the entry of the trail about what was done to the service''s own column; never what it holds.';

-- What the service's own column holds, where that is what the caller has seen: p_seen, its SHA-256. The text itself is no
-- argument: arguments are what a server may be told to log.
create function console.secret_seen(p_cluster_id text, p_kind text, p_seen bytea) returns text
language plpgsql
set search_path = ''
as $function$
declare
  v_there text := console.secret_there(p_cluster_id, p_kind);
begin
  if not coalesce(pg_catalog.sha256(pg_catalog.convert_to(v_there, 'UTF8')) = p_seen, false) then
    perform console.refuse('HD004', 'The service has another one by now: look again.', '{"argument": "seen"}');
  end if;
  return v_there;
end
$function$;

comment on function console.secret_seen(text, text, bytea) is
  'Internal: a secret as the service''s own column holds it, if that is what the caller has seen.';

-- The sealed copy takes the place of what stands in the service's column. p_seen: SHA-256 of that; p_proof: of the sealed copy
-- that the caller opened and found to be the same. Refused when copy or column are others by now; then nothing is changed.
create function console.seal_in_place(
  p_cluster_id text, p_kind text, p_seen bytea, p_proof bytea, p_taken_over boolean, p_reason text
) returns jsonb
language plpgsql
security definer
set search_path = ''
as $function$
declare
  v_copy console.cluster_secrets;
  v_there text;
  v_as text;
  v_why text;
begin
  perform console.sealing_allowed();
  perform console.text_argument(pg_catalog.jsonb_build_object('reason', p_reason), 'reason', 3, 500);
  perform console.lock_secret(p_cluster_id, p_kind);
  lock table console.recipients in share mode;
  select s.* into v_copy from console.cluster_secrets as s where s.cluster_id = p_cluster_id and s.kind = p_kind;
  if not coalesce(pg_catalog.sha256(v_copy.sealed) = p_proof, false) then
    perform console.refuse('HD004', 'Somebody sealed another one meanwhile: look again.', '{"argument": "proof"}');
  end if;
  if v_copy.recipients is distinct from (
    select pg_catalog.array_agg(r.public_key order by r.public_key) from console.recipients as r where r.removed_at is null
  ) then
    perform console.refuse('HD007', 'It is sealed to others than today''s recipients: run `secrets reseal` first.', '{"argument": "recipients"}');
  end if;
  select p.why into v_why from console.secret_place(p_cluster_id, p_kind, p_taken_over) as p;
  if v_why is not null then
    perform console.refuse('HD007', 'Not sealed there: ' || v_why || '.', '{"argument": "kind"}');
  end if;
  v_there := console.secret_seen(p_cluster_id, p_kind, p_seen);
  v_as := console.kept_as(v_there, v_copy.sealed);
  if v_as = 'plain' and pg_catalog.sha256(v_copy.salt || pg_catalog.convert_to(pg_catalog.btrim(v_there), 'UTF8')) <> v_copy.digest then
    perform console.refuse('HD004', 'The service has another one than the sealed copy: import it first.', '{"argument": "there"}');
  end if;
  if coalesce(v_as, '') not in ('plain', 'age') then
    perform console.refuse('HD007', 'There is nothing in plain.', '{"argument": "there"}');
  end if;
  if not console.write_cluster_secret(p_cluster_id, p_kind, v_there, console.armoured(v_copy.sealed)) then
    perform console.refuse('HD004', 'The service changed it in this moment: look again.', '{"argument": "there"}');
  end if;
  -- A rule of the service's table may have made another of it.
  if console.kept_as(console.secret_there(p_cluster_id, p_kind), v_copy.sealed) is distinct from 'ours' then
    perform console.refuse('HD007', 'A rule of the service''s own table does not keep it as it was written.', '{"argument": "there"}');
  end if;
  return console.in_place_written(
    'seal_in_place', p_cluster_id, p_kind, case v_as when 'plain' then 'in plain' else 'sealed' end, 'sealed', p_reason, p_taken_over
  );
end
$function$;

comment on function console.seal_in_place(text, text, bytea, bytea, boolean, text) is
  'Puts the sealed copy in place of what the service''s own column holds; whoever owns the schema: {"audit_id"}.';

-- The way back: the plain one in place of what was sealed there, which the caller opened: p_seen, its SHA-256. Where there is a
-- copy it has to be what that was made of, too.
create function console.put_back_secret(p_cluster_id text, p_kind text, p_seen bytea, p_plain text, p_reason text) returns jsonb
language plpgsql
security definer
set search_path = ''
as $function$
declare
  v_copy console.cluster_secrets;
  v_there text;
begin
  perform console.sealing_allowed();
  perform console.text_argument(pg_catalog.jsonb_build_object('reason', p_reason), 'reason', 3, 500);
  perform console.lock_secret(p_cluster_id, p_kind);
  if console.lacking('{write_cluster_secret}') is not null then
    perform console.refuse('HD008', console.lacking('{write_cluster_secret}'), '{"argument": "kind"}');
  end if;
  select s.* into v_copy from console.cluster_secrets as s where s.cluster_id = p_cluster_id and s.kind = p_kind;
  if coalesce(pg_catalog.btrim(p_plain), '') = '' or v_copy.digest <>
    pg_catalog.sha256(v_copy.salt || pg_catalog.convert_to(pg_catalog.btrim(p_plain), 'UTF8'))
  then
    perform console.refuse('HD004', 'The sealed copy here is of another one: look again.', '{"argument": "plain"}');
  end if;
  v_there := console.secret_seen(p_cluster_id, p_kind, p_seen);
  if coalesce(console.kept_as(v_there, v_copy.sealed), '') not in ('ours', 'age')
    or not console.write_cluster_secret(p_cluster_id, p_kind, v_there, p_plain)
  then
    perform console.refuse('HD004', 'The service''s column holds nothing that was sealed: nothing is put back over what it holds.', '{"argument": "plain"}');
  end if;
  if console.secret_there(p_cluster_id, p_kind) is distinct from p_plain then
    perform console.refuse('HD007', 'A rule of the service''s own table does not keep it as it was written.', '{"argument": "plain"}');
  end if;
  return console.in_place_written('put_back_secret', p_cluster_id, p_kind, 'sealed', 'in plain', p_reason, false);
end
$function$;

comment on function console.put_back_secret(text, text, bytea, text, text) is
  'Puts a secret back in plain where it stands sealed in the service''s own column; whoever owns the schema: {"audit_id"}.';

-- Another copy than the one before: where that one stood in the service's column, the new one does from now on.
create function console.renew_in_place(p_cluster_id text, p_kind text, p_before bytea, p_after bytea, p_reason text) returns void
language plpgsql
set search_path = ''
as $function$
declare
  v_there text := console.secret_there(p_cluster_id, p_kind);
begin
  if p_before is null or p_before = p_after or console.kept_as(v_there, p_before) is distinct from 'ours' then
    return;
  end if;
  if not console.write_cluster_secret(p_cluster_id, p_kind, v_there, console.armoured(p_after)) then
    perform console.refuse('HD004', 'The service changed it in this moment: look again.', '{"argument": "kind"}');
  end if;
  perform console.in_place_written('seal_in_place', p_cluster_id, p_kind, 'sealed', 'sealed anew', p_reason, false);
end
$function$;

comment on function console.renew_in_place(text, text, bytea, bytea, text) is
  'Internal: what is sealed in the service''s own column follows the sealed copy.';

-- A copy was made of what stands sealed there: the copy takes its place, or what stands there would never follow it, and open
-- for recipients of another day for ever.
create function console.adopt_in_place(p_cluster_id text, p_kind text, p_adopted bytea, p_sealed bytea, p_reason text) returns void
language plpgsql
set search_path = ''
as $function$
declare
  v_there text := console.secret_seen(p_cluster_id, p_kind, p_adopted);
begin
  if console.lacking('{write_cluster_secret}') is not null then
    perform console.refuse('HD008', console.lacking('{write_cluster_secret}'), '{"argument": "kind"}');
  end if;
  if console.kept_as(v_there, null) is distinct from 'age'
    or not console.write_cluster_secret(p_cluster_id, p_kind, v_there, console.armoured(p_sealed))
  then
    perform console.refuse('HD004', 'The service changed it in this moment: look again.', '{"argument": "adopted"}');
  end if;
  if console.kept_as(console.secret_there(p_cluster_id, p_kind), p_sealed) is distinct from 'ours' then
    perform console.refuse('HD007', 'A rule of the service''s own table does not keep it as it was written.', '{"argument": "adopted"}');
  end if;
  perform console.in_place_written('seal_in_place', p_cluster_id, p_kind, 'sealed', 'sealed anew', p_reason, false);
end
$function$;

comment on function console.adopt_in_place(text, text, bytea, bytea, text) is
  'Internal: a new copy takes the place of what it was made of in the service''s own column.';

insert into console.functions (name, groups) values
('is_foreign', '{receiver}'),
('secret_place', '{}'),
('hold_secret', '{}'),
('seal_in_place', '{}'),
('put_back_secret', '{}');

select console.renew_grants();
