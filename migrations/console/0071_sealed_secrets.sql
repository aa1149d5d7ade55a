-- Keys of clusters, sealed. The service's own table keeps API keys and kubeconfigs as it always did, in plain, where its
-- own programs may still read them. Here stand copies that only the holders of a private key open: once the service's own
-- columns are empty, a copy of the database, or a login that reads too much, opens no cluster.
--
-- The database never sees a private key. It knows to whom a copy is sealed, and refuses one that leaves out a recipient.

create table console.recipients (
  public_key text not null primary key,
  name text not null,
  added_by text not null default session_user,
  added_at timestamptz not null default clock_timestamp(),
  removed_by text,
  removed_at timestamptz,

  constraint recipients_key_check check (public_key ~ '^age1[a-z0-9]{50,100}$'),
  constraint recipients_name_check check (name ~ '\S' and pg_catalog.length(name) <= 100),
  constraint recipients_removed_check check ((removed_by is null) = (removed_at is null))
);

create unique index recipients_name_key on console.recipients (name) where removed_at is null;

comment on table console.recipients is 'Public keys that secrets of clusters are sealed to, former ones included.';

create table console.cluster_secrets (
  cluster_id text not null,
  kind text not null,
  sealed bytea not null,
  recipients text[] not null,
  salt bytea not null,
  digest bytea not null,
  is_of_staff boolean not null default false,
  sealed_by text not null default session_user,
  sealed_at timestamptz not null default clock_timestamp(),

  constraint cluster_secrets_pkey primary key (cluster_id, kind),
  constraint cluster_secrets_kind_check check (kind in ('api_key', 'kubeconfig')),
  constraint cluster_secrets_sealed_check check (pg_catalog.octet_length(sealed) between 100 and 2097152),
  constraint cluster_secrets_recipients_check check (pg_catalog.cardinality(recipients) > 0),
  constraint cluster_secrets_digest_check check (pg_catalog.octet_length(salt) = 32 and pg_catalog.octet_length(digest) = 32)
);

comment on table console.cluster_secrets is 'Secrets of clusters, sealed with age to everybody in recipients.';
comment on column console.cluster_secrets.is_of_staff is
  'Somebody put it in place of the service''s own: that one differs, and is not to be sealed over it.';
comment on column console.cluster_secrets.digest is
  'SHA-256 of salt and secret: tells whether the service has another one by now. Read by nobody but our functions.';

-- What was replaced by another one, until somebody opens it who is no recipient any more: nobody's slip, or spite, loses a key.
create table console.former_secrets (
  cluster_id text not null,
  kind text not null,
  sealed bytea not null,
  recipients text[] not null,
  salt bytea not null,
  digest bytea not null,
  is_of_staff boolean not null,
  sealed_by text not null,
  sealed_at timestamptz not null,
  replaced_by text not null default session_user,
  replaced_at timestamptz not null default clock_timestamp(),

  constraint former_secrets_pkey primary key (cluster_id, kind, replaced_at)
);

comment on table console.former_secrets is 'Sealed secrets of clusters that were replaced; restore_secret brings one back.';

alter table console.recipients enable row level security;
alter table console.cluster_secrets enable row level security;
alter table console.former_secrets enable row level security;

-- Whoever owns the schema, or an elevated admin.
create function console.sealing_allowed() returns void
language plpgsql
stable
set search_path = ''
as $function$
declare
  v_staff console.staff;
begin
  if session_user = current_user then
    return;
  end if;
  v_staff := console.caller_elevated();
  if v_staff.staff_group <> 'admin' then
    perform console.refuse(
      'HD003', 'Only admins seal secrets and say to whom.', pg_catalog.jsonb_build_object('group', v_staff.staff_group)
    );
  end if;
end
$function$;

create function console.add_recipient(p_public_key text, p_name text, p_reason text) returns jsonb
language plpgsql
security definer
set search_path = ''
as $function$
declare
  v_key text := pg_catalog.btrim(p_public_key);
  v_name text := pg_catalog.btrim(p_name);
begin
  perform console.sealing_allowed();
  perform console.text_argument(pg_catalog.jsonb_build_object('reason', p_reason), 'reason', 3, 500);
  perform console.text_argument(pg_catalog.jsonb_build_object('name', v_name), 'name', 1, 100);
  if not coalesce(v_key ~ '^age1[a-z0-9]{50,100}$', false) then
    perform console.refuse('HD005', 'Give a public key of age: those begin with age1.', '{"argument": "public_key"}');
  end if;
  lock table console.recipients in share row exclusive mode;
  if exists (
    select from console.recipients as r where r.removed_at is null and (r.public_key = v_key or r.name = v_name)
  ) then
    perform console.refuse('HD007', 'That key or that name is a recipient already.', '{"argument": "public_key"}');
  end if;
  insert into console.recipients (public_key, name) values (v_key, v_name)
  on conflict (public_key) do update set
    name = excluded.name, added_by = session_user, added_at = pg_catalog.clock_timestamp(), removed_by = null, removed_at = null;
  return pg_catalog.jsonb_build_object('audit_id', console.audit_write(
    'staff', 'add_recipient', 'service', v_key, pg_catalog.jsonb_build_object('reason', p_reason, 'changes', pg_catalog.jsonb_build_array(
      pg_catalog.jsonb_build_object('table', 'recipients', 'id', v_key, 'label', v_name, 'column', 'name', 'before', null, 'after', v_name)))
  ));
end
$function$;

create function console.remove_recipient(p_public_key text, p_reason text) returns jsonb
language plpgsql
security definer
set search_path = ''
as $function$
declare
  v_key text;
  v_name text;
begin
  perform console.sealing_allowed();
  perform console.text_argument(pg_catalog.jsonb_build_object('reason', p_reason), 'reason', 3, 500);
  lock table console.recipients in share row exclusive mode;
  update console.recipients as r set removed_by = session_user, removed_at = pg_catalog.clock_timestamp()
  where r.removed_at is null and pg_catalog.btrim(p_public_key) in (r.public_key, r.name)
  returning r.public_key, r.name into v_key, v_name;
  if not found then
    perform console.refuse('HD006', 'There is no such recipient.', '{"argument": "public_key"}');
  end if;
  return pg_catalog.jsonb_build_object('audit_id', console.audit_write(
    'staff', 'remove_recipient', 'service', v_key, pg_catalog.jsonb_build_object('reason', p_reason, 'changes', pg_catalog.jsonb_build_array(
      pg_catalog.jsonb_build_object('table', 'recipients', 'id', v_key, 'label', v_name, 'column', 'name', 'before', v_name, 'after', null)))
  ));
end
$function$;

-- Keeps a sealed copy, in place of an older one. Sealed to everybody who is a recipient now, and to nobody else.
create function console.keep_copy(
  p_action text, p_cluster_id text, p_kind text, p_sealed bytea, p_recipients text[], p_salt bytea, p_digest bytea,
  p_is_of_staff boolean, p_reason text, p_despite text default null
) returns jsonb
language plpgsql
set search_path = ''
as $function$
declare
  v_before console.cluster_secrets;
  v_active text[];
begin
  perform console.sealing_allowed();
  perform console.text_argument(pg_catalog.jsonb_build_object('reason', p_reason), 'reason', 3, 500);
  if p_kind is null or p_kind not in ('api_key', 'kubeconfig') then
    perform console.refuse('HD005', 'A cluster has an api_key and a kubeconfig.', '{"argument": "kind"}');
  end if;
  if not exists (select from console.clusters as k where k.id = p_cluster_id) then
    perform console.refuse('HD006', 'There is no such cluster.', '{"argument": "cluster_id"}');
  end if;
  if not coalesce(
    pg_catalog.substring(p_sealed, 1, 21) = '\x6167652d656e6372797074696f6e2e6f72672f7631'::bytea
    and pg_catalog.octet_length(p_sealed) between 100 and 2097152
    and pg_catalog.octet_length(p_salt) = 32 and pg_catalog.octet_length(p_digest) = 32, false)
  then
    perform console.refuse('HD005', 'This was not sealed with age.', '{"argument": "sealed"}');
  end if;
  -- Nobody becomes a recipient, or ceases to be one, between sealing and keeping.
  lock table console.recipients in share mode;
  select pg_catalog.array_agg(r.public_key order by r.public_key) into v_active from console.recipients as r where r.removed_at is null;
  if v_active is null or v_active is distinct from (select pg_catalog.array_agg(distinct k order by k) from pg_catalog.unnest(p_recipients) as k) then
    perform console.refuse('HD004', 'The recipients have changed meanwhile: seal it anew.', '{"argument": "recipients"}');
  end if;
  select s.* into v_before from console.cluster_secrets as s where s.cluster_id = p_cluster_id and s.kind = p_kind;
  insert into console.cluster_secrets (cluster_id, kind, sealed, recipients, salt, digest, is_of_staff)
  values (p_cluster_id, p_kind, p_sealed, v_active, p_salt, p_digest, p_is_of_staff)
  on conflict (cluster_id, kind) do update set
    sealed = excluded.sealed, recipients = excluded.recipients, salt = excluded.salt, digest = excluded.digest,
    is_of_staff = excluded.is_of_staff, sealed_by = session_user, sealed_at = pg_catalog.clock_timestamp();
  perform console.renew_in_place(p_cluster_id, p_kind, v_before.sealed, p_sealed, p_reason);
  return console.secret_written(p_action, p_cluster_id, p_kind, v_before.recipients, v_active, p_reason, p_despite);
end
$function$;

create function console.secret_written(
  p_action text, p_cluster_id text, p_kind text, p_before text[], p_after text[], p_reason text, p_despite text default null
) returns jsonb
language sql
set search_path = ''
as $function$
  select pg_catalog.jsonb_build_object('audit_id', console.audit_write(
    'staff', p_action, 'cluster', p_cluster_id, pg_catalog.jsonb_build_object('reason', p_reason, 'changes', pg_catalog.jsonb_build_array(
      pg_catalog.jsonb_build_object(
        'table', 'cluster_secrets', 'id', p_cluster_id, 'label', p_kind, 'column', 'recipients',
        'before', pg_catalog.to_jsonb(p_before), 'after', pg_catalog.to_jsonb(p_after))))
    || case when p_despite is null then '{}'
       else pg_catalog.jsonb_build_object('warnings', pg_catalog.jsonb_build_array('Kept in spite of this: ' || pg_catalog.left(p_despite, 1000))) end
  ));
$function$;

-- One program or person at a time has to do with a secret.
create function console.lock_secret(p_cluster_id text, p_kind text) returns void
language sql
set search_path = ''
as $function$
  select pg_catalog.pg_advisory_xact_lock(pg_catalog.hashtextextended('console.secret:' || p_kind || ':' || p_cluster_id, 71));
$function$;

-- What another one is about to replace.
create function console.keep_former(p_cluster_id text, p_kind text) returns void
language sql
set search_path = ''
as $function$
  insert into console.former_secrets (cluster_id, kind, sealed, recipients, salt, digest, is_of_staff, sealed_by, sealed_at)
  select s.cluster_id, s.kind, s.sealed, s.recipients, s.salt, s.digest, s.is_of_staff, s.sealed_by, s.sealed_at
  from console.cluster_secrets as s where s.cluster_id = p_cluster_id and s.kind = p_kind;
$function$;

-- Granted to no group: programs that read what is plain, or open what is sealed, run as the owner. Refused when the copy is
-- another by now than the one they looked at. p_is_another: it is another secret, not the same one sealed anew. p_adopted:
-- SHA-256 of what stands sealed in the service's own column, which it was made of and takes the place of.
create function console.keep_sealed(
  p_cluster_id text, p_kind text, p_sealed bytea, p_recipients text[], p_salt bytea, p_digest bytea,
  p_expected timestamptz, p_is_another boolean, p_reason text, p_adopted bytea default null
) returns jsonb
language plpgsql
security definer
set search_path = ''
as $function$
declare
  v_there console.cluster_secrets;
  v_kept jsonb;
begin
  perform console.sealing_allowed();
  perform console.lock_secret(p_cluster_id, p_kind);
  select s.* into v_there from console.cluster_secrets as s where s.cluster_id = p_cluster_id and s.kind = p_kind;
  if v_there.sealed_at is distinct from p_expected then
    perform console.refuse('HD004', 'Somebody sealed another one meanwhile: look again.', '{"argument": "expected"}');
  end if;
  if p_is_another then
    perform console.keep_former(p_cluster_id, p_kind);
  end if;
  v_kept := console.keep_copy(
    'seal_secret', p_cluster_id, p_kind, p_sealed, p_recipients, p_salt, p_digest,
    coalesce(v_there.is_of_staff and not p_is_another, false), p_reason
  );
  if p_adopted is not null then
    perform console.adopt_in_place(p_cluster_id, p_kind, p_adopted, p_sealed, p_reason);
  end if;
  return v_kept;
end
$function$;

-- A person's new secret. What it replaces is kept: the database cannot see whether this is one at all. p_despite: what
-- they were told of it, and confirmed.
create function console.replace_secret(
  p_cluster_id text, p_kind text, p_sealed bytea, p_recipients text[], p_salt bytea, p_digest bytea, p_reason text,
  p_despite text default null
) returns jsonb
language plpgsql
security definer
set search_path = ''
as $function$
begin
  perform console.sealing_allowed();
  perform console.lock_secret(p_cluster_id, p_kind);
  perform console.keep_former(p_cluster_id, p_kind);
  return console.keep_copy('replace_secret', p_cluster_id, p_kind, p_sealed, p_recipients, p_salt, p_digest, true, p_reason, p_despite);
end
$function$;

-- What was replaced and can come back, newest first; never what it is.
create function console.former_secrets_of(p_cluster_id text) returns table (
  cluster_id text, kind text, sealed_by text, sealed_at timestamptz, replaced_by text, replaced_at timestamptz
)
language sql
stable
security definer
set search_path = ''
as $function$
  select f.cluster_id, f.kind, f.sealed_by, f.sealed_at, f.replaced_by, f.replaced_at
  from console.former_secrets as f
  where p_cluster_id is null or f.cluster_id = p_cluster_id
  order by f.cluster_id, f.kind, f.sealed_at desc;
$function$;

-- Brings back the one that was sealed at that time (null: the last one before what there is), in exchange for what there is.
create function console.restore_secret(p_cluster_id text, p_kind text, p_sealed_at timestamptz, p_reason text) returns jsonb
language plpgsql
security definer
set search_path = ''
as $function$
declare
  v_there console.cluster_secrets;
  v_former console.former_secrets;
begin
  perform console.sealing_allowed();
  perform console.text_argument(pg_catalog.jsonb_build_object('reason', p_reason), 'reason', 3, 500);
  perform console.lock_secret(p_cluster_id, p_kind);
  select s.* into v_there from console.cluster_secrets as s where s.cluster_id = p_cluster_id and s.kind = p_kind;
  select f.* into v_former from console.former_secrets as f
  where
    f.cluster_id = p_cluster_id and f.kind = p_kind
    and case when p_sealed_at is null then v_there.sealed_at is null or f.sealed_at < v_there.sealed_at else f.sealed_at = p_sealed_at end
  order by f.sealed_at desc limit 1;
  if v_former.cluster_id is null then
    perform console.refuse('HD006', 'Nothing was replaced there that could come back.', '{"argument": "sealed_at"}');
  end if;
  delete from console.former_secrets as f
  where f.cluster_id = p_cluster_id and f.kind = p_kind and f.replaced_at = v_former.replaced_at;
  perform console.keep_former(p_cluster_id, p_kind);
  delete from console.cluster_secrets as s where s.cluster_id = p_cluster_id and s.kind = p_kind;
  insert into console.cluster_secrets (cluster_id, kind, sealed, recipients, salt, digest, is_of_staff, sealed_by, sealed_at)
  values (
    v_former.cluster_id, v_former.kind, v_former.sealed, v_former.recipients, v_former.salt, v_former.digest,
    v_former.is_of_staff, v_former.sealed_by, v_former.sealed_at
  );
  perform console.renew_in_place(p_cluster_id, p_kind, v_there.sealed, v_former.sealed, p_reason);
  return console.secret_written('restore_secret', p_cluster_id, p_kind, v_there.recipients, v_former.recipients, p_reason);
end
$function$;

-- Takes a sealed copy away, and what it replaced: the service's own, if it has one, is used again.
create function console.remove_secret(p_cluster_id text, p_kind text, p_reason text) returns jsonb
language plpgsql
security definer
set search_path = ''
as $function$
declare
  v_before text[];
begin
  perform console.sealing_allowed();
  perform console.text_argument(pg_catalog.jsonb_build_object('reason', p_reason), 'reason', 3, 500);
  perform console.lock_secret(p_cluster_id, p_kind);
  delete from console.former_secrets as f where f.cluster_id = p_cluster_id and f.kind = p_kind;
  delete from console.cluster_secrets as s where s.cluster_id = p_cluster_id and s.kind = p_kind returning s.recipients into v_before;
  if not found then
    perform console.refuse('HD006', 'There is no sealed copy of that.', '{"argument": "kind"}');
  end if;
  return console.secret_written('remove_secret', p_cluster_id, p_kind, v_before, null, p_reason);
end
$function$;

-- Forgets what was replaced, where somebody opens it who is no recipient any more. Answers how many.
create function console.forget_former_secrets(p_reason text) returns bigint
language plpgsql
security definer
set search_path = ''
as $function$
declare
  v_count bigint;
begin
  perform console.sealing_allowed();
  perform console.text_argument(pg_catalog.jsonb_build_object('reason', p_reason), 'reason', 3, 500);
  lock table console.recipients in share mode;
  if not exists (select from console.recipients as r where r.removed_at is null) then
    perform console.refuse('HD007', 'There is no recipient: nothing would be left that opens anything.', '{"argument": "recipients"}');
  end if;
  delete from console.former_secrets as f
  where exists (
    select from pg_catalog.unnest(f.recipients) as k
    where not exists (select from console.recipients as r where r.public_key = k and r.removed_at is null));
  get diagnostics v_count = row_count;
  if v_count > 0 then
    perform console.audit_write(
      'staff', 'forget_secrets', 'service', 'former_secrets', pg_catalog.jsonb_build_object('reason', p_reason, 'forgotten', v_count)
    );
  end if;
  return v_count;
end
$function$;

-- What is sealed of a cluster, for those who reach clusters.
create function console.sealed_secrets(p_cluster_id text) returns table (kind text, sealed bytea, salt bytea, digest bytea)
language sql
stable
security definer
set search_path = ''
as $function$
  select s.kind, s.sealed, s.salt, s.digest from console.cluster_secrets as s where s.cluster_id = p_cluster_id;
$function$;

-- How the secrets of a cluster (null: of all) are kept, and never what they are. is_on_record: the service still has that
-- cluster; is_plain: its own table holds one in plain; there: as what it holds it (kept_as, 0082); differs: another than the
-- sealed one; recipients: those of today it is sealed to; missing: those it is not; former: recipients of another day who
-- still open it; is_of_staff: staff put it there in place of the service's own; older: how many it replaced.
create function console.sealing_of(p_cluster_id text) returns table (
  cluster_id text, cluster_name text, is_on_record boolean, kind text, is_plain boolean, there text, is_sealed boolean, differs boolean,
  recipients text[], missing text[], former text[], is_of_staff boolean, sealed_by text, sealed_at timestamptz, older bigint
)
language plpgsql
stable
security definer
set search_path = ''
as $function$
begin
  return query
  select
    known.id, known.name, known.is_here, held.kind, coalesce(t.kept_as = 'plain', false), t.kept_as, s.sealed is not null,
    s.sealed is not null and coalesce(t.kept_as = 'plain', false)
      and pg_catalog.sha256(s.salt || pg_catalog.convert_to(held.plain, 'UTF8')) <> s.digest,
    (select coalesce(pg_catalog.array_agg(r.name order by r.name), '{}') from console.recipients as r
     where r.removed_at is null and r.public_key = any (s.recipients)),
    (select coalesce(pg_catalog.array_agg(r.name order by r.name), '{}') from console.recipients as r
     where s.sealed is not null and r.removed_at is null and r.public_key <> all (s.recipients)),
    (select coalesce(pg_catalog.array_agg(r.name order by r.name), '{}') from console.recipients as r
     where r.removed_at is not null and r.public_key = any (s.recipients)),
    coalesce(s.is_of_staff, false), coalesce(m.name, s.sealed_by), s.sealed_at,
    (select pg_catalog.count(*) from console.former_secrets as f where f.cluster_id = known.id and f.kind = held.kind)
  from (
    select k.id, k.name, true as is_here from console.clusters as k
    union all
    select distinct o.cluster_id, null::text, false from console.cluster_secrets as o
    where not exists (select from console.clusters as k where k.id = o.cluster_id)
  ) as known (id, name, is_here)
  left join lateral console.cluster_access(known.id) as a on known.is_here
  cross join lateral (values
    ('api_key', nullif(pg_catalog.btrim(a.api_key), '')), ('kubeconfig', nullif(pg_catalog.btrim(a.kubeconfig), ''))
  ) as held (kind, plain)
  left join console.cluster_secrets as s on s.cluster_id = known.id and s.kind = held.kind
  cross join lateral console.kept_as(held.plain, s.sealed) as t (kept_as)
  left join console.staff as m on m.login = s.sealed_by
  where (p_cluster_id is null or known.id = p_cluster_id) and (known.is_here or s.sealed is not null)
  order by known.name, known.id, held.kind;
end
$function$;

-- Whether those keys open everything that is sealed of the clusters that there are. What stands sealed in the service's own
-- column alone does not say to whom: it counts as not opened.
create function console.all_open_with(p_public_keys text[]) returns boolean
language plpgsql
stable
security definer
set search_path = ''
as $function$
begin
  return not exists (
    select from console.cluster_secrets as s
    where not s.recipients operator(pg_catalog.&&) p_public_keys and exists (select from console.clusters as k where k.id = s.cluster_id))
  and not exists (
    select from console.clusters as k
    cross join lateral console.cluster_access(k.id) as a
    cross join lateral (values ('api_key', a.api_key), ('kubeconfig', a.kubeconfig)) as held (kind, there)
    where console.kept_as(held.there, null) = 'age'
      and not exists (select from console.cluster_secrets as s where s.cluster_id = k.id and s.kind = held.kind));
end
$function$;

comment on function console.sealing_allowed() is 'Internal: refuses whoever may not seal secrets.';
comment on function console.add_recipient(text, text, text) is 'Secrets are sealed to that key from now on; admins, elevated: {"audit_id"}.';
comment on function console.remove_recipient(text, text) is
  'Secrets are not sealed to that key or name any more; those that are stay so until they are sealed anew: {"audit_id"}.';
comment on function console.keep_copy(text, text, text, bytea, text[], bytea, bytea, boolean, text, text) is 'Internal: keeps a sealed copy, checked.';
comment on function console.secret_written(text, text, text, text[], text[], text, text) is 'Internal: the entry of the trail about a secret.';
comment on function console.lock_secret(text, text) is 'Internal: whoever changes a secret waits here for whoever does already.';
comment on function console.keep_sealed(text, text, bytea, text[], bytea, bytea, timestamptz, boolean, text, bytea) is
  'Keeps a sealed copy of a cluster''s secret in place of that of p_expected; whoever owns the schema: {"audit_id"}.';
comment on function console.replace_secret(text, text, bytea, text[], bytea, bytea, text, text) is
  'Keeps a new secret of a cluster, sealed; admins, elevated. What it replaces is kept, too: {"audit_id"}.';
comment on function console.keep_former(text, text) is 'Internal: keeps what is about to be replaced.';
comment on function console.former_secrets_of(text) is 'What was replaced of a cluster (null: of all) and can come back; whoever owns the schema.';
comment on function console.restore_secret(text, text, timestamptz, text) is
  'Brings back what was sealed at that time (null: the one before); whoever owns the schema: {"audit_id"}.';
comment on function console.all_open_with(text[]) is 'Whether those public keys'' private ones open everything that is sealed.';
comment on function console.remove_secret(text, text, text) is
  'Removes the sealed copy of a secret, and those it replaced; whoever owns the schema: {"audit_id"}.';
comment on function console.forget_former_secrets(text) is
  'Forgets replaced secrets that former recipients open; whoever owns the schema. Answers how many.';
comment on function console.sealed_secrets(text) is 'What is sealed of a cluster: for programs that reach clusters.';
comment on function console.sealing_of(text) is 'How secrets of clusters are kept, and to whom they are sealed; never what they are.';

insert into console.functions (name, groups) values
('add_recipient', '{admin}'),
('remove_recipient', '{admin}'),
('keep_sealed', '{}'),
('replace_secret', '{admin}'),
('restore_secret', '{}'),
('former_secrets_of', '{}'),
('all_open_with', '{support,finance,admin,auditor,receiver}'),
('remove_secret', '{}'),
('forget_former_secrets', '{}'),
('sealed_secrets', '{receiver}'),
('sealing_of', '{support,finance,admin,auditor,receiver}');

insert into console.readable (relation, groups) values ('recipients', '{support,finance,admin,auditor,receiver,collector}');

select console.renew_grants();
