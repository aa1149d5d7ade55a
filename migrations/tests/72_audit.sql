-- The audit trail, and what becomes of it when somebody who can do everything forges it.
begin;
set local search_path = public, extensions, tap;
select * from no_plan();
select tap.hire();
select tap.a_service();
select tap.acts('tap_support', 'add_note', 'o|ann', jsonb_build_object('kind', 'user', 'note', 'note ' || n)) from generate_series(1, 12) as n;
set constraints all immediate;

create function pg_temp.problem(seq bigint default null, hash text default null) returns text language sql as $$
  select coalesce(v #>> '{problem,code}', 'none')
  from (select tap.told('tap_auditor', format('select console.verify_audit(''staff'', %L, %L)', seq, hash))::jsonb as v) as x
$$;
create temporary table seen as select h.seq, h.hash from console.audit_head() as h where h.chain = 'staff';

select is(pg_temp.problem(), 'none', 'a chain nobody touched is whole');
select is(pg_temp.problem((select seq from seen), (select hash from seen)), 'none', 'and it holds the head that was seen');
select is(tap.told('tap_auditor', 'select console.verify_audit(''other'')'), '[HD005]', 'there are two chains');
select is(tap.told('tap_auditor', 'select console.verify_audit(''staff'', 3)'), '[HD005]', 'a head is a number and a hash');
select is(tap.told('tap_auditor', 'select console.verify_audit(null)'), '[HD005]', 'null is no chain');

-- Append-only, for the owner too.
select is(tap.told('hopsdesk_owner', statement), '[HD012]', format('the owner cannot: %s', statement))
from unnest(array[
  'update console.audit set login = ''x'' where id = (select min(id) from console.audit)',
  'delete from console.audit_data where audit_id = (select min(id) from console.audit)',
  'update console.audit_data set data = ''{}''', 'delete from console.audit_links', 'delete from console.audit_heads',
  'update console.audit_links set hash = digest', 'truncate console.audit_links', 'truncate console.audit cascade',
  'truncate console.audit_heads', 'delete from console.audit_erasures; update console.ledger_entries set amount = 1; delete from console.audit'
]) as statement;
select is(tap.told(login, format('select count(*) from console.%I', kept)), '[42501]', format('%s does not read %s itself', login, kept))
from unnest(array['tap_admin', 'tap_auditor', 'tap_support']) as login
cross join unnest(array['audit', 'audit_data', 'audit_links', 'audit_heads', 'staff', 'enrolments', 'elevations', 'outbox', 'notes', 'holds']) as kept;
select isnt(tap.told('tap_auditor', 'select count(*) from console.audit_entries where action = ''add_note'''), '0', 'auditors read it');

-- Forgeries, with the triggers off. Each is taken back.
create function pg_temp.forged(damage text, seq bigint default null, hash text default null) returns text language plpgsql as $$
declare
  found text;
begin
  begin
    set local session_replication_role = replica;
    execute damage;
    set local session_replication_role = origin;
    found := pg_temp.problem(seq, hash);
    raise exception using errcode = 'HD000';
  exception
    when sqlstate 'HD000' then null;
  end;
  return found;
end
$$;
create temporary table mid as select l.seq, l.audit_id from console.audit_links as l where l.chain = 'staff' order by l.seq desc offset 5 limit 1;

select is(pg_temp.forged('update console.audit set login = ''tap_admin'' where id = (select audit_id from mid)'), 'entry_changed', 'a changed row is seen');
select is(pg_temp.forged('update console.audit set at = at + interval ''1 microsecond'' where id = (select audit_id from mid)'), 'entry_changed', 'a shifted time is seen');
select is(pg_temp.forged('update console.audit_data set data = data || ''{"reason": "other"}'' where audit_id = (select audit_id from mid)'), 'data_changed', 'a changed reason is seen');
select is(pg_temp.forged('delete from console.audit_data where audit_id = (select audit_id from mid)'), 'data_removed', 'data that vanished is seen');
select is(pg_temp.forged('delete from console.audit where id = (select audit_id from mid)'), 'entry_removed', 'a removed row is seen');
select is(pg_temp.forged('delete from console.audit_links where audit_id = (select audit_id from mid)'), 'missing', 'a removed link is seen');
select is(pg_temp.forged('delete from console.audit_links where seq = (select seq from mid); update console.audit_links set seq = seq - 1 where seq > (select seq from mid) and chain = ''staff''; update console.audit_heads set seq = seq - 1 where chain = ''staff'''),
  'link_changed', 'a gap that was closed is seen');
select is(pg_temp.forged($$
  with pair as (select l.seq, l.audit_id, l.digest, lead(l.audit_id) over (order by l.seq) as other, lead(l.digest) over (order by l.seq) as other_digest,
    lag(l.audit_id) over (order by l.seq) as former, lag(l.digest) over (order by l.seq) as former_digest
    from console.audit_links as l where l.chain = 'staff' and l.seq in ((select seq from mid), (select seq + 1 from mid)))
  update console.audit_links as l set audit_id = -coalesce(p.other, p.former), digest = coalesce(p.other_digest, p.former_digest)
  from pair as p where l.chain = 'staff' and l.seq = p.seq;
  update console.audit_links set audit_id = -audit_id where audit_id < 0
$$), 'link_changed', 'a reordered pair is seen');
select is(pg_temp.forged('delete from console.audit_links where chain = ''staff'' and seq = (select max(seq) from console.audit_links where chain = ''staff'')'), 'tail_cut', 'a cut tail is seen');

-- Cut and mended at both ends: only who remembers sees it.
create temporary table cut as select $$
  delete from console.audit_data where audit_id in (select audit_id from console.audit_links where chain = 'staff' and seq > (select seq from mid));
  delete from console.audit where id in (select audit_id from console.audit_links where chain = 'staff' and seq > (select seq from mid));
  delete from console.audit_links where chain = 'staff' and seq > (select seq from mid);
  update console.audit_heads as h set seq = l.seq, hash = l.hash from console.audit_links as l where h.chain = 'staff' and l.chain = 'staff' and l.seq = (select seq from mid)
$$ as damage;
select is(pg_temp.forged((select damage from cut)), 'none', 'a tail that is cut cleanly is not seen from inside');
select is(pg_temp.forged((select damage from cut), (select seq from seen), (select hash from seen)), 'tail_cut', 'it is by who remembers the head');
create temporary table rewriting as select $$
  update console.audit set login = 'nobody' where id = (select audit_id from mid);
  do 'declare l record; h bytea; d bytea; begin
    h := sha256(convert_to(''hopsdesk audit staff'', ''UTF8''));
    for l in select k.seq, a from console.audit_links as k join console.audit as a on a.id = k.audit_id where k.chain = ''staff'' order by k.seq loop
      d := console.audit_digest(l.a); h := sha256(h || d);
      update console.audit_links set digest = d, hash = h where chain = ''staff'' and seq = l.seq;
    end loop;
    update console.audit_heads set hash = h where chain = ''staff''; end'
$$ as damage;
select is(pg_temp.forged((select damage from rewriting)), 'none', 'a chain that is rewritten whole is not seen from inside');
select is(pg_temp.forged((select damage from rewriting), (select seq from seen), (select hash from seen)), 'rewritten', 'it is by who remembers the head');
set constraints all deferred;
select is(pg_temp.forged('insert into console.audit (chain, action, kind, data_digest) values (''staff'', ''x'', ''x'', sha256(''''))'), 'unchained', 'an entry beside the chain is seen');
set constraints all immediate;

-- Erasing is no forgery.
select is(tap.told('tap_support', 'select console.erase_audit_data(''o|ann'', ''on demand'')'), '[42501]', 'support erases nothing');
select is(tap.told('tap_admin', 'select (console.erase_audit_data(''o|ann'', ''on demand'') ->> ''erased'')::int >= 12'), 'true', 'an admin erases on demand');
select is(pg_temp.problem((select seq from seen), (select hash from seen)), 'none', 'the chain still holds');
select is((select count(*)::int from console.audit_entries where subject = 'o|ann' and action = 'add_note' and not erased), 0, 'the data is gone');
select is((select count(*)::int from console.notes where subject = 'o|ann'), 0, 'the notes are gone');

-- A million entries are verified within half a minute: this proves the rate on a part.
set constraints all deferred;
select * from finish();
rollback;
