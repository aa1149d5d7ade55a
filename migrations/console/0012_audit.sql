-- What was done, by whom, and why: append-only and hash-chained, so that nobody, the owner of the tables
-- included, can change it without it being seen.
--
-- An entry is written with the change, in one transaction. Its place in the chain is given at commit, by
-- a deferred trigger: locking the head inside the action would have bulk work wait and deadlock. What
-- the chain covers of personal data is a salted digest, so that the data can be erased and the chain
-- still holds. Two chains: `staff` for people, `system` for what programs did in their name.

create table console.audit (
  id bigint not null generated always as identity primary key,
  chain text not null,
  at timestamptz not null default clock_timestamp(),
  login text not null default session_user,
  action text not null,
  kind text not null,
  subject text,
  undoes bigint references console.audit (id),
  run text,
  data_digest bytea not null,

  constraint audit_chain_check check (chain in ('staff', 'system')),
  constraint audit_data_digest_check check (length(data_digest) = 32)
);

-- "What happened to this one", newest first; and "what did this person do".
create index audit_subject_idx on console.audit (subject, id);
create index audit_login_idx on console.audit (login, id);
create index audit_at_idx on console.audit (at, id);
-- A thing is undone once.
create unique index audit_undoes_key on console.audit (undoes) where undoes is not null;

comment on table console.audit is 'Every action of staff, and every effect of programs. Append-only, chained by audit_links.';
comment on column console.audit.login is 'The database login that did it; who that was then: console.staff.';
comment on column console.audit.undoes is 'The entry that this one took back.';
comment on column console.audit.run is 'The bulk it was part of.';
comment on column console.audit.data_digest is 'SHA-256 of salt and text of audit_data. Stays when the data is erased.';

create table console.audit_data (
  audit_id bigint not null primary key references console.audit (id),
  salt bytea not null,
  data jsonb not null
);

comment on table console.audit_data is
  'What an entry says about people: reason, names, before and after. May be erased (audit_erasures); the salt goes with it.';

create table console.audit_erasures (
  audit_id bigint not null primary key references console.audit (id),
  erased_by bigint not null references console.audit (id)
);

comment on table console.audit_erasures is 'Which data was erased on somebody''s demand, and the entry that records the demand.';

create table console.audit_links (
  chain text not null,
  seq bigint not null,
  audit_id bigint not null references console.audit (id),
  digest bytea not null,
  hash bytea not null,

  constraint audit_links_pkey primary key (chain, seq),
  constraint audit_links_audit_id_key unique (audit_id)
);

comment on table console.audit_links is 'The chain: hash = SHA-256 of the hash before and the digest of the entry.';

create table console.audit_heads (
  chain text not null primary key,
  seq bigint not null,
  hash bytea not null
);

comment on table console.audit_heads is 'Where each chain ends. Consoles and the headless log remember it: the anchor outside.';

insert into console.audit_heads (chain, seq, hash)
select name, 0, sha256(convert_to('hopsdesk audit ' || name, 'UTF8')) from unnest(array['staff', 'system']) as name;

-- Times as UTC microseconds, so that no setting of a session changes the text.
create function console.audit_digest(p_entry console.audit) returns bytea
language sql
immutable
set search_path = ''
as $function$
  select pg_catalog.sha256(pg_catalog.convert_to(pg_catalog.jsonb_build_array(
    p_entry.chain, p_entry.id, (extract(epoch from p_entry.at) * 1000000)::bigint, p_entry.login, p_entry.action,
    p_entry.kind, p_entry.subject, p_entry.undoes, p_entry.run, pg_catalog.encode(p_entry.data_digest, 'hex')
  )::text, 'UTF8'));
$function$;

create function console.audit_data_digest(p_salt bytea, p_data jsonb) returns bytea
language sql
immutable
set search_path = ''
as $function$
  select pg_catalog.sha256(p_salt || pg_catalog.convert_to(p_data::text, 'UTF8'));
$function$;

comment on function console.audit_digest(console.audit) is 'Internal: what the chain covers of an entry.';
comment on function console.audit_data_digest(bytea, jsonb) is 'Internal: what an entry covers of its data, which may be erased.';

-- Definer: it runs at commit, when the action's own rights are gone.
create function console.audit_chain() returns trigger
language plpgsql
security definer
set search_path = ''
as $function$
declare
  v_head console.audit_heads;
  v_digest bytea;
begin
  select h.* into strict v_head from console.audit_heads as h where h.chain = new.chain for update;
  v_digest := console.audit_digest(new);
  v_head.seq := v_head.seq + 1;
  v_head.hash := pg_catalog.sha256(v_head.hash || v_digest);
  insert into console.audit_links (chain, seq, audit_id, digest, hash)
  values (new.chain, v_head.seq, new.id, v_digest, v_head.hash);
  update console.audit_heads as h set seq = v_head.seq, hash = v_head.hash where h.chain = new.chain;
  return null;
end
$function$;

create constraint trigger audit_chained after insert on console.audit
deferrable initially deferred for each row execute function console.audit_chain();

create function console.audit_refuse() returns trigger
language plpgsql
set search_path = ''
as $function$
begin
  -- Data may go once its erasure is on record.
  if tg_op = 'DELETE' and tg_table_name = 'audit_data' and tg_level = 'ROW' then
    if exists (select from console.audit_erasures as e where e.audit_id = old.audit_id) then
      return old;
    end if;
  end if;
  perform console.refuse(
    'HD012', 'The audit trail is append-only: add an entry that corrects it instead.',
    pg_catalog.jsonb_build_object('table', tg_table_name)
  );
  return null;
end
$function$;

do $$
declare
  kept text;
begin
  foreach kept in array array['audit', 'audit_data', 'audit_links', 'audit_erasures'] loop
    execute format(
      'create trigger append_only before update or delete on console.%I for each row execute function console.audit_refuse()', kept
    );
    execute format(
      'create trigger never_emptied before truncate on console.%I for each statement execute function console.audit_refuse()', kept
    );
    execute format('alter table console.%I enable row level security', kept);
  end loop;
  execute 'create trigger never_removed before delete on console.audit_heads for each row execute function console.audit_refuse()';
  execute 'create trigger never_emptied before truncate on console.audit_heads for each statement execute function console.audit_refuse()';
  execute 'alter table console.audit_heads enable row level security';
end
$$;

create function console.audit_write(
  p_chain text, p_action text, p_kind text, p_subject text, p_data jsonb, p_undoes bigint default null, p_run text default null
) returns bigint
language plpgsql
set search_path = ''
as $function$
declare
  v_salt bytea := pg_catalog.uuid_send(pg_catalog.gen_random_uuid()) || pg_catalog.uuid_send(pg_catalog.gen_random_uuid());
  v_id bigint;
begin
  insert into console.audit (chain, action, kind, subject, undoes, run, data_digest)
  values (p_chain, p_action, p_kind, p_subject, p_undoes, p_run, console.audit_data_digest(v_salt, p_data))
  returning id into v_id;
  insert into console.audit_data (audit_id, salt, data) values (v_id, v_salt, p_data);
  return v_id;
end
$function$;

comment on function console.audit_write(text, text, text, text, jsonb, bigint, text) is
  'Internal: records an entry; its place in the chain is given at commit.';

-- How far a chain goes, to be remembered outside.
create function console.audit_head() returns table (chain text, seq bigint, hash text)
language sql
stable
security definer
set search_path = ''
as $function$
  select h.chain, h.seq, pg_catalog.encode(h.hash, 'hex') from console.audit_heads as h order by h.chain;
$function$;

-- Whether a chain is whole; with a head that was remembered, also whether it is the same chain. One
-- statement, so that it sees one moment.
create function console.verify_audit(p_chain text, p_seq bigint default null, p_hash text default null) returns jsonb
language plpgsql
stable
security definer
set search_path = ''
as $function$
declare
  v_head console.audit_heads;
  v_bad record;
  v_problem text;
  v_count bigint;
begin
  select h.* into v_head from console.audit_heads as h where h.chain = p_chain;
  if not found then
    perform console.refuse(
      'HD005', 'Choose the chain staff or system.', pg_catalog.jsonb_build_object('argument', 'chain')
    );
  end if;
  if p_seq is not null and p_hash is null or p_seq < 0 then
    perform console.refuse('HD005', 'Give the remembered head as its number and its hash.', pg_catalog.jsonb_build_object('argument', 'seq'));
  end if;

  with links as (
    select
      l.seq, l.audit_id, l.digest, l.hash,
      pg_catalog.lag(l.hash) over (order by l.seq) as hash_before,
      pg_catalog.lag(l.seq, 1, 0::bigint) over (order by l.seq) as seq_before
    from console.audit_links as l
    where l.chain = p_chain
  ),
  checked as (
    select l.seq, l.audit_id,
      case
        when l.seq <> l.seq_before + 1 then 'missing'
        when a.id is null then 'entry_removed'
        when a.chain <> p_chain or console.audit_digest(a) <> l.digest then 'entry_changed'
        when d.audit_id is null and e.audit_id is null then 'data_removed'
        when d.audit_id is not null and console.audit_data_digest(d.salt, d.data) <> a.data_digest then 'data_changed'
        when pg_catalog.sha256(
          coalesce(l.hash_before, pg_catalog.sha256(pg_catalog.convert_to('hopsdesk audit ' || p_chain, 'UTF8'))) || l.digest
        ) <> l.hash then 'link_changed'
      end as problem
    from links as l
    left join console.audit as a on a.id = l.audit_id
    left join console.audit_data as d on d.audit_id = l.audit_id
    left join console.audit_erasures as e on e.audit_id = l.audit_id
  )
  select c.seq, c.audit_id, c.problem into v_bad
  from checked as c where c.problem is not null order by c.seq limit 1;

  select pg_catalog.count(*) into v_count from console.audit_links as l where l.chain = p_chain;
  if v_bad.problem is not null then
    v_problem := v_bad.problem;
  elsif not exists (
    select from console.audit_links as l where l.chain = p_chain and l.seq = v_head.seq and l.hash = v_head.hash
  ) and (v_head.seq > 0 or v_count > 0) then
    v_problem := 'tail_cut';
    v_bad.seq := v_count;
  elsif p_seq > v_head.seq then
    v_problem := 'tail_cut';
    v_bad.seq := v_head.seq;
  elsif p_seq > 0 and not exists (
    select from console.audit_links as l
    where l.chain = p_chain and l.seq = p_seq and pg_catalog.encode(l.hash, 'hex') = pg_catalog.lower(p_hash)
  ) then
    v_problem := 'rewritten';
    v_bad.seq := p_seq;
  else
    select a.id as audit_id, null::bigint as seq, 'unchained' as problem into v_bad
    from console.audit as a
    where a.chain = p_chain and not exists (select from console.audit_links as l where l.audit_id = a.id)
    order by a.id limit 1;
    v_problem := v_bad.problem;
  end if;

  return pg_catalog.jsonb_build_object(
    'ok', v_problem is null,
    'chain', p_chain,
    'rows', v_count,
    'head', pg_catalog.jsonb_build_object('seq', v_head.seq, 'hash', pg_catalog.encode(v_head.hash, 'hex')),
    'problem', case when v_problem is not null then pg_catalog.jsonb_build_object(
      'code', v_problem, 'seq', v_bad.seq, 'audit_id', v_bad.audit_id,
      'message', case v_problem
        when 'missing' then 'A link of the chain before this one is missing.'
        when 'entry_removed' then 'This entry was removed.'
        when 'entry_changed' then 'This entry was changed after it was written.'
        when 'data_removed' then 'What this entry says was removed, without a record that it was erased.'
        when 'data_changed' then 'What this entry says was changed after it was written.'
        when 'link_changed' then 'This link of the chain was changed.'
        when 'tail_cut' then 'The chain ends before the last entry that was seen.'
        when 'rewritten' then 'The chain is not the one that was seen before.'
        when 'unchained' then 'This entry was never chained.'
      end
    ) end
  );
end
$function$;

comment on function console.audit_head() is 'Where each chain ends, to be remembered outside the database.';
comment on function console.verify_audit(text, bigint, text) is
  'Whether a chain is whole, and whether it still holds a head that was remembered: {"ok", "chain", "rows", "head", "problem"}.';
comment on function console.audit_chain() is 'Internal: gives entries their place in the chain, at commit.';
comment on function console.audit_refuse() is 'Internal: keeps what is append-only as it is.';

insert into console.functions (name, groups) values
('audit_head', '{support,finance,admin,auditor,receiver,collector}'),
('verify_audit', '{support,finance,admin,auditor,receiver,collector}');
