-- Whose rows a customer sees. Two teams hold a row of every table for each person; each person, a
-- stranger and a token without a sub look at every table, and must see exactly what is theirs.
begin;
set local search_path = public, extensions, tap;
select * from no_plan();

select tap.two_teams();

-- team: a person's own rows, and the whole team's for its owner. own: only the person's own.
-- staff: nobody's. The test fails when a table of the service is missing here.
create temporary table reach (name text primary key, person text not null, kind text not null);
insert into reach values
('users', 'id', 'team'),
('team_invites', 'accepted_by_user_id', 'team'),
('hopsworks_clusters', 'name', 'cluster'),
('user_hopsworks_assignments', 'user_id', 'team'),
('instances', 'user_id', 'team'),
('user_projects', 'user_id', 'team'),
('project_member_roles', 'member_id', 'team'),
('feature_groups', 'user_id', 'team'),
('model_deployments', 'user_id', 'team'),
('usage_daily', 'user_id', 'team'),
('user_credits', 'user_id', 'own'),
('credit_transactions', 'user_id', 'own'),
('billing_history', 'user_id', 'own'),
('invoices', 'user_id', 'own'),
('subscriptions', 'user_id', 'own'),
('user_pricing_overrides', 'user_id', 'own'),
('stripe_products', 'stripe_price_id', 'staff'),
('health_check_failures', 'user_id', 'staff');

select bag_eq(
  'select name from reach', 'select name from tap.service_tables', 'every table of the service is decided on'
);

insert into reach values
('team_members', 'member_id', 'members'),
('account_usage', 'account_owner_id', 'payer'),
('account_usage_summary', 'account_owner_id', 'payer');

select bag_eq(
  $$ select name from reach where kind in ('members', 'payer') $$,
  'select name from tap.service_views',
  'every view of the service is decided on'
);

create temporary table expected (kind text, sub text, people text);
insert into expected values
('team', 'auth0|ana', 'auth0|amy,auth0|ana'),
('team', 'auth0|amy', 'auth0|amy'),
('team', 'auth0|bob', 'auth0|ben,auth0|bob'),
('team', 'auth0|ben', 'auth0|ben'),
('own', 'auth0|ana', 'auth0|ana'),
('own', 'auth0|amy', 'auth0|amy'),
('own', 'auth0|bob', 'auth0|bob'),
('own', 'auth0|ben', 'auth0|ben'),
('cluster', 'auth0|ana', 'cluster-a'),
('cluster', 'auth0|amy', 'cluster-a'),
('cluster', 'auth0|bob', 'cluster-b'),
('cluster', 'auth0|ben', 'cluster-b'),
('members', 'auth0|ana', 'auth0|amy'),
('members', 'auth0|amy', 'auth0|amy'),
('members', 'auth0|bob', 'auth0|ben'),
('members', 'auth0|ben', 'auth0|ben'),
('payer', 'auth0|ana', 'auth0|ana'),
('payer', 'auth0|amy', 'auth0|ana'),
('payer', 'auth0|bob', 'auth0|bob'),
('payer', 'auth0|ben', 'auth0|bob');
insert into expected
select kind, sub, ''
from unnest(array['team', 'own', 'cluster', 'members', 'payer']) as kind
cross join (values ('auth0|stranger'), ('AUTH0|ANA'), ('%'), (null)) as strangers (sub);

-- An owner has neither an accepted invitation nor a role in a project of their own.
create temporary view wanted as
select
  r.name, r.person, e.sub,
  case when r.name in ('team_invites', 'project_member_roles')
    then case e.sub when 'auth0|ana' then 'auth0|amy' when 'auth0|bob' then 'auth0|ben' else e.people end
    else e.people
  end as people
from reach as r join expected as e using (kind);

select is(
  tap.seen('authenticated', w.sub, format(
    'select coalesce(string_agg(distinct %1$I, '','' order by %1$I), '''') from public.%2$I', w.person, w.name
  )),
  w.people,
  format('%s sees in %s: %s', coalesce(w.sub, 'a token without sub'), w.name, coalesce(nullif(w.people, ''), 'nothing'))
)
from wanted as w;

-- Not only whose rows, but all of them: two days of use a person.
select is(
  tap.seen('authenticated', 'auth0|ana', 'select count(*) || '' '' || sum(total_cost) from public.usage_daily'),
  '4 0.6',
  'an owner sees all rows of the team'
);

select is(
  tap.seen('authenticated', sub, format('select count(*) from public.%I', r.name)),
  '[42501]',
  format('%s is not for customers', r.name)
)
from reach as r cross join unnest(array['auth0|ana', 'auth0|bob']) as sub
where r.kind = 'staff';

-- The policy itself, not only the missing grant, keeps staff tables shut.
do $$
declare
  staff_table text;
begin
  for staff_table in select name from reach where kind = 'staff' loop
    execute format('grant select on public.%I to authenticated', staff_table);
  end loop;
end
$$;

select is(
  tap.seen('authenticated', 'auth0|ana', format('select count(*) from public.%I', r.name)),
  '0',
  format('a grant by mistake still shows nothing of %s', r.name)
)
from reach as r where r.kind = 'staff';

-- What an account sees follows who paid on the day, also after a member has left.
update public.users set account_owner_id = null where id = 'auth0|amy';

select is(
  tap.seen('authenticated', 'auth0|ana', 'select string_agg(distinct user_id, '','' order by user_id) from public.usage_daily'),
  'auth0|amy,auth0|ana',
  'an owner still sees the use that was paid for after the member left'
);
select is(
  tap.seen('authenticated', 'auth0|ana', 'select string_agg(id, '','') from public.users'),
  'auth0|ana',
  'and no longer sees the person'
);
select is(
  tap.seen('authenticated', 'auth0|ana', 'select count(*) from public.instances'),
  '1',
  'nor what the person has now'
);

select * from finish();
rollback;
