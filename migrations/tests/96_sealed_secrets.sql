-- Sealed secrets: to whom, by whom, never what they are; and each change on record.
begin;
set local search_path = public, extensions, tap;
select * from no_plan();
select tap.hire();
select tap.two_teams();

create function pg_temp.key(letter text) returns text language sql as $$ select 'age1' || repeat(letter, 58) $$;
-- What age writes begins like this; the database has no business with the rest.
create function pg_temp.sealed(canary text default 'x') returns bytea language sql as $$
  select convert_to('age-encryption.org/v1' || repeat(canary, 100), 'UTF8')
$$;
create function pg_temp.sealed_at() returns timestamptz language sql as $$
  select sealed_at from console.cluster_secrets where cluster_id = '00000000-0000-4000-8000-00000000000a' and kind = 'api_key'
$$;
create function pg_temp.keeps(login name, keys text[], plain text, cluster text default 'a', sealed bytea default pg_temp.sealed('canary')) returns text
language sql as $$
  select tap.told(login, format(
    'select console.keep_sealed(%L, %L, %L, %L, %L, %L, %L, true, %L) ? ''audit_id''', '00000000-0000-4000-8000-00000000000' || cluster, 'api_key',
    sealed, keys, sha256('salt'), sha256(sha256('salt') || convert_to(plain, 'UTF8')), pg_temp.sealed_at(), 'first seal'))
$$;
create function pg_temp.replaces(login name, keys text[], letter text) returns text language sql as $$
  select tap.told(login, format(
    'select console.replace_secret(%L, %L, %L, %L, %L, %L, %L) ? ''audit_id''', '00000000-0000-4000-8000-00000000000a', 'api_key',
    pg_temp.sealed(letter), keys, sha256('salt'), sha256(letter::bytea), 'a new key'))
$$;
create function pg_temp.warned() returns text language sql as $$
  select coalesce((select warnings::text from console.audit_entries as e where e.action = 'replace_secret' order by e.id desc limit 1), '-')
$$;
create function pg_temp.on_it(login name, what text, reason text default 'by mistake') returns text language sql as $$
  select tap.told(login, format(
    'select console.%s ? ''audit_id''', format(what, quote_literal('00000000-0000-4000-8000-00000000000a'), '''api_key''', quote_literal(reason))))
$$;
create function pg_temp.kept() returns text language sql as $$
  select substr(convert_from(sealed, 'UTF8'), 22, 1) || ' ' ||
    (select count(*) from console.former_secrets as f where f.cluster_id = s.cluster_id)
  from console.cluster_secrets as s where cluster_id = '00000000-0000-4000-8000-00000000000a' and kind = 'api_key'
$$;
create function pg_temp.shown() returns text language sql as $$
  select format('%s %s %s %s %s %s', is_plain, is_sealed, differs, recipients, missing, former)
  from console.sealing_of('00000000-0000-4000-8000-00000000000a') where kind = 'api_key'
$$;
update public.hopsworks_clusters set api_key = 'canary-key' where name = 'cluster-a';

select tap.told('tap_admin', 'select console.end_elevation()');
select is(tap.told('tap_admin', format('select console.add_recipient(%L, %L, %L)', pg_temp.key('q'), 'collector', 'for serve')), '[HD002]', 'an admin is elevated first');
select tap.told('tap_admin', 'select console.elevate(''a test'')');
select is(pg_temp.shown(), 't f f {} {} {}', 'nothing is sealed yet');
select is(pg_temp.keeps('hopsdesk_owner', '{}', 'canary-key'), '[HD004]', 'there is nobody to seal to');
select is(tap.told('tap_admin', format('select console.add_recipient(%L, %L, %L) ? ''audit_id''', pg_temp.key('q'), 'collector', 'for serve')), 'true', 'then there is');
select is(tap.told('tap_admin', format('select console.add_recipient(%L, %L, %L)', pg_temp.key('q'), 'again', 'twice')), '[HD007]', 'a key is added once');
select is(tap.told('tap_admin', format('select console.add_recipient(%L, %L, %L)', pg_temp.key('p'), 'collector', 'twice')), '[HD007]', 'so is a name');
select is(tap.told('tap_admin', format('select console.add_recipient(%L, %L, %L)', 'AGE-SECRET-KEY-1QQQ', 'oops', 'by mistake')), '[HD005]', 'a private key is none');
select is(tap.told('tap_admin', format('select console.add_recipient(%L, %L, %L)', pg_temp.key('p'), 'ann', '')), '[HD005]', 'a reason is wanted');

select is(pg_temp.keeps('hopsdesk_owner', array[pg_temp.key('q')], 'canary-key', 'a', 'canary-key'::bytea), '[HD005]', 'what age did not seal is not kept');
select is(pg_temp.keeps('hopsdesk_owner', array[pg_temp.key('q'), pg_temp.key('p')], 'canary-key'), '[HD004]', 'nor what is sealed to a stranger');
select is(pg_temp.keeps('hopsdesk_owner', array[pg_temp.key('q')], 'canary-key', 'f'), '[HD006]', 'nor of a cluster that is not there');
select is(pg_temp.keeps('hopsdesk_owner', array[pg_temp.key('q')], 'canary-key'), 'true', 'whoever owns the schema keeps a sealed copy');
select is(pg_temp.keeps(login, array[pg_temp.key('q')], 'canary-key'), '[42501]', login || ' does not')
from unnest(array['tap_support', 'tap_finance', 'tap_admin', 'tap_auditor', 'tap_receiver']::name[]) as login;
select is(pg_temp.shown(), 't t f {collector} {} {}', 'which is the same as the plain one');
select is((select api_key from public.hopsworks_clusters where name = 'cluster-a'), 'canary-key', 'that one is not touched');
update public.hopsworks_clusters set api_key = 'canary-other' where name = 'cluster-a';
select is(pg_temp.shown(), 't t t {collector} {} {}', 'when the service changes its own, that is seen');

select is(tap.told('tap_admin', format('select console.add_recipient(%L, %L, %L) ? ''audit_id''', pg_temp.key('p'), 'ann', 'her laptop')), 'true', 'another recipient');
select is(tap.told('tap_admin', 'select console.remove_recipient(''collector'', ''moved'') ? ''audit_id'''), 'true', 'the first one goes');
select is(tap.told('tap_admin', 'select console.remove_recipient(''collector'', ''moved'')'), '[HD006]', 'once');
select is(pg_temp.shown(), 't t t {} {ann} {collector}', 'who is missing and who still opens it is seen');
select is(pg_temp.keeps('hopsdesk_owner', array[pg_temp.key('q')], 'canary-other'), '[HD004]', 'whoever sealed before that has to seal again');
select is(pg_temp.keeps('hopsdesk_owner', array[pg_temp.key('p')], 'canary-other'), 'true', 'to those who are recipients now');
select is(pg_temp.shown(), 't t f {ann} {} {}', 'then all is as it should be');

-- A person replaces one, and nobody's mistake is for ever.
select is(pg_temp.replaces(login, array[pg_temp.key('p')], 'z'), '[42501]', login || ' replaces none')
from unnest(array['tap_support', 'tap_finance', 'tap_auditor', 'tap_receiver']::name[]) as login;
select tap.told('tap_admin', 'select console.end_elevation()');
select is(pg_temp.replaces('tap_admin', array[pg_temp.key('p')], 'z'), '[HD002]', 'an admin is elevated first');
select tap.told('tap_admin', 'select console.elevate(''a test'')');
select is(pg_temp.replaces('tap_admin', array[pg_temp.key('q')], 'z'), '[HD004]', 'a new one is sealed to those of today');
select is(pg_temp.replaces('tap_admin', array[pg_temp.key('p')], 'z'), 'true', 'an elevated admin replaces it');
select is(pg_temp.warned(), '-', 'which was confirmed by nobody');
select is(pg_temp.kept(), 'z 2', 'which is used, and the former one is kept, as the one before it');
select is(pg_temp.shown(), 't t t {ann} {} {}', 'it differs from the plain one');
select ok((select is_of_staff from console.sealing_of('00000000-0000-4000-8000-00000000000a') where kind = 'api_key'), 'on purpose');
select is((select older::int from console.sealing_of('00000000-0000-4000-8000-00000000000a') where kind = 'api_key'), 2, 'and counted');
select is(
  tap.told('tap_admin', format(
    'select console.replace_secret(%L, %L, %L, %L, %L, %L, %L, %L) ? ''audit_id''', '00000000-0000-4000-8000-00000000000a', 'api_key',
    pg_temp.sealed('y'), array[pg_temp.key('p')], sha256('salt'), sha256('y'), 'a new key', 'It opens another one.')),
  'true', 'and again, in spite of what they were told');
select is(pg_temp.warned(), '["Kept in spite of this: It opens another one."]', 'which is on record');
select is(pg_temp.on_it('tap_admin', 'restore_secret(%s, %s, null, %s)'), '[42501]', 'an admin brings none back');
select is(pg_temp.on_it('tap_admin', 'remove_secret(%s, %s, %s)'), '[42501]', 'nor removes one');
select is(tap.told('tap_admin', 'select console.forget_former_secrets(''by mistake'')'), '[42501]', 'nor forgets one');
select is(tap.told(login, 'select count(*) from console.former_secrets'), '[42501]', login || ' does not read what was')
from unnest(array['tap_support', 'tap_finance', 'tap_admin', 'tap_auditor', 'tap_receiver']::name[]) as login;
select is(pg_temp.on_it('hopsdesk_owner', 'restore_secret(%s, %s, null, %s)'), 'true', 'whoever owns the schema does');
select is(pg_temp.kept(), 'z 3', 'in exchange for what there was');
select is(pg_temp.on_it('hopsdesk_owner', 'restore_secret(%s, %s, null, %s)'), 'true', 'again');
select is(pg_temp.kept(), 'c 3', 'the one before that: two replacements hide no good one');
select is(
  tap.told('hopsdesk_owner', 'select string_agg(kind, '' '' order by sealed_at) from console.former_secrets_of(null)'),
  'api_key api_key api_key', 'what can come back is listed');
select is(
  pg_temp.on_it('hopsdesk_owner', format('restore_secret(%%s, %%s, %L, %%s)', (select max(sealed_at) from console.former_secrets))),
  'true', 'any of them can be named');
select is(pg_temp.kept(), 'y 3', 'and comes back');
select is(
  (select string_agg(all_open::text, ' ') from (select console.all_open_with(keys) from (values
    (array[pg_temp.key('p')]), (array[pg_temp.key('q'), pg_temp.key('p')]), (array[pg_temp.key('q')]), ('{}')) as v (keys)) as o (all_open)),
  'true true false false', 'who has a key of each opens all');
select is(
  tap.told('hopsdesk_owner', format(
    'select console.keep_sealed(%L, ''api_key'', %L, %L, %L, %L, %L, true, ''an old look'')', '00000000-0000-4000-8000-00000000000a',
    pg_temp.sealed('w'), array[pg_temp.key('p')], sha256('salt'), sha256('w'), pg_temp.sealed_at() - interval '1 second')),
  '[HD004]', 'a program that looked before that keeps nothing');
select is(tap.told('hopsdesk_owner', 'select console.forget_former_secrets(''by mistake'')'), '1', 'what a former recipient opens is forgotten');
select is(tap.told('tap_admin', format('select console.add_recipient(%L, %L, %L) ? ''audit_id''', pg_temp.key('q'), 'collector', 'back')), 'true', 'one comes back');
select is(tap.told('tap_admin', 'select console.remove_recipient(''ann'', ''left'') ? ''audit_id'''), 'true', 'one leaves');
select is(tap.told('hopsdesk_owner', 'select console.forget_former_secrets(''by mistake'')'), '2', 'then the rest is forgotten');
select is(tap.told('tap_admin', 'select console.remove_recipient(''collector'', ''moved'') ? ''audit_id'''), 'true', 'nobody is left');
select is(tap.told('hopsdesk_owner', 'select console.forget_former_secrets(''by mistake'')'), '[HD007]', 'then nothing is forgotten');
select is(tap.told('tap_admin', format('select console.add_recipient(%L, %L, %L) ? ''audit_id''', pg_temp.key('q'), 'collector', 'back')), 'true', 'until somebody is');
update public.hopsworks_clusters set api_key = 'canary-key' where name = 'cluster-a';
select is(pg_temp.on_it('hopsdesk_owner', 'remove_secret(%s, %s, %s)', ''), '[HD005]', 'a reason is wanted');
select is(pg_temp.on_it('hopsdesk_owner', 'remove_secret(%s, %s, %s)'), 'true', 'a copy is removed');
select is(pg_temp.on_it('hopsdesk_owner', 'remove_secret(%s, %s, %s)'), '[HD006]', 'once');
select is(pg_temp.on_it('hopsdesk_owner', 'restore_secret(%s, %s, null, %s)'), '[HD006]', 'and with it what it replaced');
select is(pg_temp.shown(), 't f f {} {} {}', 'then the plain one is used again');

-- Of a cluster that is gone.
insert into console.cluster_secrets (cluster_id, kind, sealed, recipients, salt, digest)
values ('gone', 'kubeconfig', pg_temp.sealed(), array[pg_temp.key('q')], sha256('salt'), sha256('x'));
select is(
  (select format('%s %s %s %s', cluster_id, is_on_record, kind, recipients) from console.sealing_of(null) where not is_on_record),
  'gone f kubeconfig {collector}', 'a copy of a cluster that is gone is seen');
select is(
  tap.told('hopsdesk_owner', 'select console.remove_secret(''gone'', ''kubeconfig'', ''it is gone'') ? ''audit_id'''), 'true', 'and removed');
select is(
  (select string_agg(distinct e.action, ' ' order by e.action) from console.audit as e where e.action like '%\_secret'),
  'remove_secret replace_secret restore_secret seal_secret', 'each on record');

select is((select string_agg(e.action, ' ' order by e.id) from console.audit as e where e.action in ('add_recipient', 'remove_recipient', 'seal_secret')),
  'add_recipient seal_secret add_recipient remove_recipient seal_secret add_recipient remove_recipient remove_recipient add_recipient', 'every change is on record');
select is((select count(*)::int from console.audit_data as d where d.data::text like '%canary%'), 0, 'and no secret with it');
select is((select count(*)::int from console.audit_data as d where d.data::text like '%' || encode(held.bytes, 'hex') || '%'), 0, 'nor ' || held.what)
from (values
  ('what was sealed', convert_to('canary', 'UTF8')), ('the salt', sha256('salt')),
  ('a digest', sha256(sha256('salt') || convert_to('canary-key', 'UTF8'))),
  ('another', sha256(sha256('salt') || convert_to('canary-other', 'UTF8')))
) as held (what, bytes);

select is(tap.told(login, 'select count(*) from console.cluster_secrets'), '[42501]', login || ' does not read the table')
from unnest(array['tap_support', 'tap_finance', 'tap_admin', 'tap_auditor', 'tap_receiver']::name[]) as login;
select is(tap.told(login, 'select count(*) from console.sealed_secrets(''x'')'), '[42501]', login || ' does not read what is sealed')
from unnest(array['tap_support', 'tap_finance', 'tap_admin', 'tap_auditor']::name[]) as login;
select is(pg_temp.keeps('hopsdesk_owner', array[pg_temp.key('q')], 'canary-key'), 'true', 'sealed once more');
select is(tap.told('tap_receiver', 'select count(*) from console.sealed_secrets(''00000000-0000-4000-8000-00000000000a'')'), '1', 'programs that reach clusters do');
select is(tap.told(login, 'select console.remove_recipient(''collector'', ''just so'')'), '[42501]', login || ' changes no recipient')
from unnest(array['tap_support', 'tap_finance', 'tap_auditor', 'tap_receiver']::name[]) as login;
select is(tap.told(login, 'select count(*) > 0 from console.sealing_of(null)'), 'true', login || ' sees how secrets are kept')
from unnest(array['tap_support', 'tap_finance', 'tap_admin', 'tap_auditor', 'tap_receiver']::name[]) as login;

select * from finish();
rollback;
