-- Secrets sealed in the service's own column: what is taken for what, who may, and that a copy is followed.
begin;
set local search_path = public, extensions, tap;
select * from no_plan();
select tap.hire();
select tap.two_teams();

create function pg_temp.sealed(letter text) returns bytea language sql as $$
  select convert_to('age-encryption.org/v1' || repeat(letter, 100), 'UTF8')
$$;
create function pg_temp.there() returns text language sql as $$
  select console.kept_as(k.api_key, s.sealed) from public.hopsworks_clusters as k
  left join console.cluster_secrets as s on s.cluster_id = k.id::text and s.kind = 'api_key' where k.name = 'cluster-a'
$$;
create function pg_temp.seals(login name, plain text, proof bytea, taken_over boolean default false) returns text language sql as $$
  select tap.told(login, format(
    'select console.seal_in_place(%L, %L, %L, %L, %L, %L) ? ''audit_id''', '00000000-0000-4000-8000-00000000000a', 'api_key',
    sha256(convert_to(plain, 'UTF8')), proof,
    taken_over, 'a test'))
$$;
create function pg_temp.seen() returns bytea language sql as $$
  select sha256(convert_to(k.api_key, 'UTF8')) from public.hopsworks_clusters as k where k.name = 'cluster-a'
$$;
create function pg_temp.keeps(letter text, expected timestamptz, adopted bytea) returns text language sql as $$
  select tap.told('hopsdesk_owner', format(
    'select console.keep_sealed(%L, %L, %L, %L, %L, %L, %L, true, %L, %L) ? ''audit_id''', '00000000-0000-4000-8000-00000000000a', 'api_key',
    pg_temp.sealed(letter), array['age1' || repeat('q', 58)], sha256('salt'), sha256(sha256('salt') || 'canary-key'), expected, 'taken over', adopted))
$$;

select is(console.kept_as(given, pg_temp.sealed('x')), taken, coalesce(left(given, 20), 'nothing') || ' is taken for ' || coalesce(taken, 'nothing'))
from (values
  (null, null), ('', null), (E' \n', null), ('prefix.secret', 'plain'), (E'apiVersion: v1\nkind: Config', 'plain'),
  (console.armoured(pg_temp.sealed('x')), 'ours'), (E'\n' || console.armoured(pg_temp.sealed('x')) || E'\n\n', 'ours'),
  (console.armoured(pg_temp.sealed('y')), 'age'), (E'-----BEGIN PGP MESSAGE-----\n\nx', 'other'), ('vault:v12:abc', 'other'),
  ('gAAAAA' || repeat('b', 80), 'other'), ('U2FsdGVkX1abc', 'other'), ('eyJhbGciOiJSU0EifQ.a.b.c.d', 'other'),
  ('eyJhbGciOiJIUzI1NiJ9.a.b', 'plain')
) as v (given, taken);
select ok(
  not exists (select from regexp_split_to_table(rtrim(console.armoured(pg_temp.sealed('x')), E'\n'), E'\n') as line where length(line) > 64),
  'no line is longer than age writes it');

update public.hopsworks_clusters set api_key = 'canary-key' where name = 'cluster-a';
select tap.told('tap_admin', 'select console.elevate(''a test'')');
select tap.told('tap_admin', format('select console.add_recipient(%L, %L, %L)', 'age1' || repeat('q', 58), 'collector', 'for serve'));
select tap.told('hopsdesk_owner', format(
  'select console.keep_sealed(%L, %L, %L, %L, %L, %L, null, true, %L)', '00000000-0000-4000-8000-00000000000a', 'api_key', pg_temp.sealed('x'),
  array['age1' || repeat('q', 58)], sha256('salt'), sha256(sha256('salt') || 'canary-key'), 'first seal'));
select is(pg_temp.seals(login, 'canary-key', sha256(pg_temp.sealed('x'))), '[42501]', login || ' seals nothing there')
from unnest(array['tap_support', 'tap_finance', 'tap_admin', 'tap_auditor', 'tap_receiver']::name[]) as login;
select is(tap.told(login, 'select count(*) from console.hold_secret(''x'', ''api_key'')'), '[42501]', login || ' holds none')
from unnest(array['tap_support', 'tap_finance', 'tap_admin', 'tap_auditor', 'tap_receiver']::name[]) as login;
update console.effect_switches set mode = 'live';
select is(pg_temp.seals('hopsdesk_owner', 'canary-key', sha256('another')), '[HD004]', 'another copy than the one that was opened');
select is(pg_temp.seals('hopsdesk_owner', 'canary-other', sha256(pg_temp.sealed('x'))), '[HD004]', 'another secret than the sealed one');
update console.effect_switches set mode = 'shadow';
select is(pg_temp.seals('hopsdesk_owner', 'canary-key', sha256(pg_temp.sealed('x'))), '[HD007]', 'not before it is taken over');
select is(pg_temp.there(), 'plain', 'and nothing was changed');
select is(pg_temp.seals('hopsdesk_owner', 'canary-key', sha256(pg_temp.sealed('x')), true), 'true', 'unless somebody says it is');
select is(pg_temp.there(), 'ours', 'then the copy stands there');
select is(
  (select e.changes::text from console.audit_entries as e where e.action = 'seal_in_place') like '%canary%', false, 'the trail does not say what it was');

-- What would hand the column to programs that cannot open it.
update console.effect_switches set mode = 'live';
select is(tap.told('tap_admin', format('select console.set_effect(%L, %L, %L, ''a test'')', effect, cluster, mode)), '[HD007]',
  concat_ws(' ', effect, cluster, mode) || ' waits until it is put back')
from (values ('hopsworks_user', null, 'shadow'), ('hopsworks_quota', '00000000-0000-4000-8000-00000000000a', 'shadow')) as v (effect, cluster, mode);
select is(tap.told('tap_admin', format('select console.set_effect(%L, %L, %L, ''a test'') ->> ''mode''', effect, cluster, mode)), mode,
  concat_ws(' ', effect, cluster, mode) || ' does not')
from (values
  ('usage_daily', null, 'shadow'), ('hopsworks_user', '00000000-0000-4000-8000-00000000000b', 'shadow'),
  ('hopsworks_user', '00000000-0000-4000-8000-00000000000a', 'off'), ('hopsworks_user', null, 'shadow')
) as v (effect, cluster, mode);

-- It follows the copy, whoever changes that.
select is(tap.told('tap_admin', format(
  'select console.replace_secret(%L, %L, %L, %L, %L, %L, %L) ? ''audit_id''', '00000000-0000-4000-8000-00000000000a', 'api_key',
  pg_temp.sealed('z'), array['age1' || repeat('q', 58)], sha256('salt'), sha256('z'), 'a new key')), 'true', 'an admin replaces the secret');
select is(pg_temp.there(), 'ours', 'the new one stands there');
select is(tap.told('hopsdesk_owner', format(
  'select console.restore_secret(%L, ''api_key'', null, ''back'') ? ''audit_id''', '00000000-0000-4000-8000-00000000000a')), 'true', 'the one before comes back');
select is(pg_temp.there(), 'ours', 'and stands there');
select is(tap.told('hopsdesk_owner', format(
  'select console.put_back_secret(%L, ''api_key'', %L, ''canary-other'', ''back'')', '00000000-0000-4000-8000-00000000000a', pg_temp.seen())), '[HD004]', 'nothing else is put back');
select is(tap.told('hopsdesk_owner', format(
  'select console.put_back_secret(%L, ''api_key'', ''another'', ''canary-key'', ''back'')', '00000000-0000-4000-8000-00000000000a')), '[HD004]', 'nor over what was not seen');
select is(tap.told('hopsdesk_owner', format(
  'select console.put_back_secret(%L, ''api_key'', %L, ''canary-key'', ''back'') ? ''audit_id''', '00000000-0000-4000-8000-00000000000a', pg_temp.seen())), 'true', 'the secret is');
select is((select api_key from public.hopsworks_clusters where name = 'cluster-a'), 'canary-key', 'in plain');

-- Sealed there alone, as after detaching and attaching again.
delete from console.cluster_secrets;
update public.hopsworks_clusters set api_key = case name when 'cluster-a' then console.armoured(pg_temp.sealed('v')) end, kubeconfig = null;
select is(console.all_open_with(array['age1' || repeat('q', 58)]), false, 'nobody knows who opens it');
select is(pg_temp.keeps('w', null, sha256('another')), '[HD004]', 'no copy takes the place of what was not opened');
select is((select count(*)::int from console.cluster_secrets), 0, 'and none is kept');
select is(pg_temp.keeps('w', null, pg_temp.seen()), 'true', 'a copy of it is kept');
select is(pg_temp.there(), 'ours', 'and stands there in its place');
select is(console.all_open_with(array['age1' || repeat('q', 58)]), true, 'whose recipients are known');
delete from console.cluster_secrets;
select is(tap.told('hopsdesk_owner', format(
  'select console.put_back_secret(%L, ''api_key'', %L, ''canary-key'', ''back'') ? ''audit_id''', '00000000-0000-4000-8000-00000000000a', pg_temp.seen())), 'true', 'without a copy it can be put back, too');
select is((select api_key from public.hopsworks_clusters where name = 'cluster-a'), 'canary-key', 'in plain');
select is(pg_temp.keeps('w', null, pg_temp.seen()), '[HD004]', 'what is plain is sealed by no adoption');

-- What another program encrypted is no key that a seat could be made with.
update public.hopsworks_clusters set api_key = 'vault:v1:abcdef' where name = 'cluster-a';
select is((select verdict from console.seat_verdicts(null, null, null) where cluster_name = 'cluster-a'), 'no_key', 'nobody is placed by it');
update public.hopsworks_clusters set api_key = 'canary-key' where name = 'cluster-a';
select isnt((select verdict from console.seat_verdicts(null, null, null) where cluster_name = 'cluster-a'), 'no_key', 'but by a key');
select * from finish();
rollback;
