-- Staff: logins, groups, one-time codes, elevation. Asked as each login would ask.
begin;
set local search_path = public, extensions, tap;
select * from no_plan();
select tap.hire();

select is(r.rolcanlogin, false, format('%s cannot log in', r.rolname))
from pg_roles as r where r.rolname like 'console\_%';
select is(
  (select count(*)::int from pg_roles where rolname in (
    'console_support', 'console_finance', 'console_admin', 'console_auditor', 'console_receiver', 'console_collector'
  )), 6, 'the six groups are there'
);
select ok(
  not pg_has_role(r.rolname, api, 'member'), format('%s is no %s', r.rolname, api)
)
from pg_roles as r cross join unnest(array['authenticated', 'service_role', 'anon']) as api
where r.rolname like 'console\_%' and r.rolname <> 'console_as_customer';

-- whoami
select is(tap.told('tap_support', 'select console.whoami() ->> ''group'''), 'support', 'whoami says the group');
select is(tap.told('tap_support', 'select console.whoami() #>> ''{staff,sub}'''), 'auth0|tap-support', 'whoami says who that is');
select is(tap.told('tap_support', 'select console.whoami() #>> ''{elevation,reason}'''), 'a test', 'whoami says what for');
select is(tap.told('tap_stranger', 'select console.whoami()'), '[42501]', 'a login of no group is told nothing');

-- Elevation
select is(tap.told('tap_auditor', 'select console.elevate(''to look'')'), '[42501]', 'auditors are not elevated');
select is(tap.told('tap_support', format('select console.elevate(%s)', given)), '[HD005]', format('elevate(%s) is refused', given))
from unnest(array[
  '''x''', 'null', '''''', '''fine'', 16', '''fine'', 0', '''fine'', -1', '''fine'', null', 'repeat(''x'', 501)'
]) as given;
select is(
  tap.told('tap_support', 'select (console.elevate(''again'', 5) ->> ''until'')::timestamptz <= clock_timestamp() + interval ''5 minutes'''),
  'true', 'a new elevation replaces the old'
);
select is((select count(*)::int from console.elevations where login = 'tap_support' and ended_at is null), 1, 'one runs at a time');
select is(tap.told('tap_support', 'select console.end_elevation()'), 'true', 'it ends early at will');
select is(tap.told('tap_support', 'select console.end_elevation()'), 'false', 'it ends once');
select is(tap.acts('tap_support', 'suspend_account', 'nobody'), '"[HD002]"', 'after that nothing can be changed');
select is(tap.acts('tap_admin', 'set_admin', 'nobody'), '"[HD006]"', 'somebody else''s elevation runs on');
update console.elevations set began_at = now() - interval '20 minutes', until = now() - interval '5 minutes' where login = 'tap_admin';
select is(tap.acts('tap_admin', 'set_admin', 'nobody'), '"[HD002]"', 'an elevation that has expired is none');
select throws_ok(
  $$ insert into console.elevations (login, reason, began_at, until) values ('x', 'x', now(), now() + interval '16 minutes') $$,
  '23514', null, 'no elevation lasts longer than fifteen minutes'
);
select tap.told('tap_admin', 'select console.elevate(''a test'')');
select is(
  tap.told('tap_finance', 'select console.whoami() #>> ''{elevation,reason}'''), 'a test',
  'elevation belongs to the login, whatever session asks'
);

-- Adding
select is(tap.told('tap_support', 'select console.add_staff(''new.one'', ''auth0|new'', ''New'', ''support'')'), '[42501]', 'support adds nobody');
create temporary table code as
select tap.told('tap_admin', 'select console.add_staff(''new.one'', ''auth0|new'', ''New One'', ''support'')')::jsonb as said;
grant select on code to public;
select is((select said ->> 'login' from code), 'new.one', 'an admin adds staff');
select matches((select said ->> 'code' from code), '^[0-9a-f]{8}(-[0-9a-f]{8}){5}$', 'and is given a code');
-- Where the clocks are put forward or back tomorrow, it has 23 hours or 25.
select ok(rolcanlogin and not rolsuper and not rolcreaterole and rolvaliduntil between now() + interval '22 hours' and now() + interval '26 hours',
  'the login is an ordinary one and lasts a day') from pg_roles where rolname = 'new.one';
select ok(pg_has_role('new.one', 'console_support', 'member'), 'it is in its group');
select is((select count(*)::int from console.enrolments as e, code where encode(e.code_digest, 'hex') like '%' || (said ->> 'code') || '%'), 0,
  'the code is not kept');
select is((select count(*)::int from console.audit_data as d, code where d.data::text like '%' || (said ->> 'code') || '%'), 0, 'nor is it in the audit');
select is(tap.told('tap_admin', format('select console.add_staff(%s)', given)), '[HD005]', format('add_staff(%s) is refused', given))
from unnest(array[
  'null, ''auth0|y'', ''Y'', ''support''', '''Robert"); drop role x; --'', ''auth0|y'', ''Y'', ''support''', '''pg_x'', ''auth0|y'', ''Y'', ''support''',
  '''console_x'', ''auth0|y'', ''Y'', ''support''', '''y'', null, ''Y'', ''support''', '''y'', ''auth0|y'', null, ''support''',
  '''y'', ''auth0|y'', ''Y'', ''owner''', '''y'', ''auth0|y'', ''Y'', null', '''y'', ''auth0|y'', ''Y'', ''receiver'''
]) as given;
select is(tap.told('tap_admin', 'select console.add_staff(''other'', ''auth0|new'', ''Two'', ''admin'')'), '[HD007]', 'one person has one login');
select is(tap.told('tap_admin', 'select console.add_staff(''hopsdesk_owner'', ''auth0|o'', ''O'', ''admin'')'), '[HD007]', 'a login that is there is not taken over');
select is(tap.told('tap_admin', 'select console.adopt_staff(''tap_stranger'', ''auth0|o'', ''O'', ''admin'')'), '[42501]', 'only the owner adopts logins');

-- Redeeming
create temporary table verifier as select 'SCRAM-SHA-256$4096:' || repeat('A', 22) || '==$' || repeat('B', 43) || '=:' || repeat('C', 43) || '=' as v;
grant select on verifier to public;
create function pg_temp.redeem(code text) returns text language sql as $$
  select tap.told('new.one', format('select console.redeem_enrolment(%L, %L) ->> ''outcome''', code, (select v from verifier)))
$$;
select is(tap.told('new.one', 'select console.redeem_enrolment(''x'', ''hunter2'')'), '[HD005]', 'a plain password is no verifier');
select is(tap.told('new.one', 'select console.redeem_enrolment(''x'', ''SCRAM-SHA-256$1:' || repeat('A', 22) || '==$' || repeat('B', 43) || '=:' || repeat('C', 43) || '='')'), '[HD005]',
  'nor is one that is quickly guessed');
select is(pg_temp.redeem('wrong'), 'mistyped', 'a wrong code is told apart');
select is(pg_temp.redeem(null), 'mistyped', 'no code is a wrong one');
select is(tap.told('tap_support', format('select console.redeem_enrolment(%L, %L)', (select said ->> 'code' from code), (select v from verifier))), '[HD006]',
  'nobody redeems somebody else''s code');
update console.enrolments set expires_at = now() - interval '1 hour';
select is(pg_temp.redeem((select said ->> 'code' from code)), 'expired', 'an old code is told apart');
update console.enrolments set expires_at = now() + interval '1 hour';
select is(pg_temp.redeem(upper((select said ->> 'code' from code))), 'redeemed', 'the code is taken, whatever its case');
select is((select rolpassword from pg_authid where rolname = 'new.one'), (select v from verifier), 'the verifier is the password');
select is((select rolvaliduntil from pg_roles where rolname = 'new.one'), 'infinity', 'the day''s limit is lifted');
select is(pg_temp.redeem((select said ->> 'code' from code)), 'used', 'a used code is told apart');
select pg_temp.redeem('wrong') from generate_series(1, 5);
select is(pg_temp.redeem((select said ->> 'code' from code)), 'too_many', 'after five wrong ones there is a rest');

-- Revoking
select is(tap.told('tap_admin', 'select console.revoke_staff(''tap_admin'')'), '[HD007]', 'nobody revokes themselves');
select is(tap.told('tap_support', 'select console.revoke_staff(''tap_admin'')'), '[42501]', 'support revokes nobody');
select is(tap.told('tap_admin', 'select console.revoke_staff(''nobody'')'), '[HD006]', 'nor can nobody be revoked');
select is(tap.told('tap_admin', 'select console.revoke_staff(''new.one'', ''left us'') ->> ''login_ended'''), 'true', 'an admin revokes');
select ok(not rolcanlogin, 'the login is shut') from pg_roles where rolname = 'new.one';
select ok(not pg_has_role('new.one', 'console_support', 'member'), 'the group is left');
select tap.told('tap_admin', 'select console.revoke_staff(''tap_finance'')');
select is(tap.told('tap_finance', 'select console.whoami()'), '[42501]', 'who was revoked has no function left');
grant console_finance to tap_finance;
select is(tap.acts('tap_finance', 'grant_credits', 'x', '{"amount": "1"}'), '"[HD001]"', 'nor does the group alone make staff of them');
select is(tap.told('tap_admin', 'select console.add_staff(''new.one'', ''auth0|new'', ''New One'', ''finance'') ->> ''group'''), 'finance', 'who was here before can come back');

-- The owner adds the first, without being staff.
select matches(tap.told('hopsdesk_owner', 'select console.add_staff(''first'', ''auth0|first'', ''First'', ''admin'') ->> ''code'''), '^[0-9a-f-]{53}$',
  'the owner adds the first of staff');

set constraints all immediate;
select is(tap.told('tap_auditor', 'select console.verify_audit(''staff'') ->> ''ok'''), 'true', 'all of that is on record');
select * from finish();
rollback;
