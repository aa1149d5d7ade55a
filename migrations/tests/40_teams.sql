-- Teams have two levels, invitations are one a person, seats are counted.
begin;
set local search_path = public, extensions, tap;
select * from no_plan();

insert into public.users (id, email) values
('o', 'o@x.example'), ('p', 'p@x.example'), ('q', 'q@x.example');
insert into public.users (id, email, account_owner_id) values ('m', 'm@x.example', 'o');

-- Two levels.
select is(is_account_owner, account_owner_id is null, format('%s: is_account_owner is derived', id))
from public.users;
select throws_ok(
  $$ insert into public.users (id, email, account_owner_id) values ('n', 'n@x.example', 'm') $$,
  '23503', null, 'a member cannot have members'
);
select throws_ok(
  $$ update public.users set account_owner_id = 'm' where id = 'p' $$,
  '23503', null, 'an owner cannot move under a member'
);
select throws_ok(
  $$ update public.users set account_owner_id = 'p' where id = 'o' $$,
  '23503', null, 'an owner with members cannot become a member'
);
select throws_ok(
  $$ update public.users set account_owner_id = 'p' where id = 'p' $$,
  '23514', null, 'nobody is their own member'
);
select throws_ok(
  $$ delete from public.users where id = 'o' $$,
  '23503', null, 'an owner with members cannot be removed'
);
select lives_ok(
  $$ update public.users set account_owner_id = 'q' where id = 'p' $$,
  'an owner without members may become one'
);
select lives_ok(
  $$ update public.users set account_owner_id = null where id = 'p' $$,
  'a member may leave'
);

-- Identity.
select throws_ok(
  $$ insert into public.users (id, email) values ('o2', 'o@x.example') $$,
  '23505', null, 'two identities with one address are a conflict'
);
select throws_ok(
  $$ insert into public.users (id, email) values ('o2', 'O@X.example') $$,
  '23505', null, 'also when written differently'
);
select throws_ok(statement, '23514', null, statement || ' is refused')
from unnest(array[
  $$ insert into public.users (id, email) values ('', 'e@x.example') $$,
  $$ insert into public.users (id, email) values ('e', 'nonsense') $$,
  $$ update public.users set status = 'banned' where id = 'o' $$,
  $$ update public.users set status = 'deleted' where id = 'o' $$,
  $$ update public.users set billing_mode = 'later' where id = 'o' $$,
  $$ update public.users set spending_cap = -1 where id = 'o' $$,
  $$ update public.users set spending_cap = 'NaN' where id = 'o' $$,
  $$ update public.users set auto_refill_enabled = true where id = 'o' $$,
  $$ update public.users set auto_refill_amount = 0 where id = 'o' $$,
  $$ update public.users set auto_refill_threshold = 'NaN' where id = 'o' $$,
  $$ update public.users set login_count = -1 where id = 'o' $$,
  $$ update public.users set stripe_subscription_status = 'fine' where id = 'o' $$,
  $$ update public.users set feature_flags = '[]' where id = 'o' $$,
  $$ update public.users set metadata = '1' where id = 'o' $$
]) as statement;
select lives_ok(
  $$
    update public.users
    set auto_refill_enabled = true, auto_refill_amount = 50, auto_refill_threshold = 10, billing_mode = 'free'
    where id = 'o'
  $$,
  'a complete refill rule is accepted'
);

-- updated_at, on every table that has it.
select tap.two_teams();
create function pg_temp.ages(relation text) returns boolean language plpgsql as $$
declare
  younger boolean;
begin
  execute format('alter table public.%I disable trigger user', relation);
  execute format('update public.%I set updated_at = ''2000-01-01''', relation);
  execute format('alter table public.%I enable trigger user', relation);
  execute format('update public.%I set updated_at = ''2000-01-02''', relation);
  execute format('select bool_and(updated_at = now()) from public.%I', relation) into younger;
  return younger;
end
$$;
set constraints all immediate;
select ok(pg_temp.ages(t.name), format('%s: an update cannot forge updated_at', t.name))
from tap.service_tables as t
where exists (select from pg_attribute as a where a.attrelid = t.oid and a.attname = 'updated_at');

-- Invitations.
insert into public.team_invites (account_owner_id, email, token) values ('o', 'new@x.example', 'token-0123456789');
select is(expires_at - created_at, interval '168 hours', 'an invitation lasts seven days')
from public.team_invites where email = 'new@x.example';
select throws_ok(
  $$ insert into public.team_invites (account_owner_id, email, token) values ('o', 'NEW@x.example', 'token-1123456789') $$,
  '23505', null, 'one waiting invitation per owner and address'
);
select throws_ok(
  $$ insert into public.team_invites (account_owner_id, email, token) values ('q', 'new2@x.example', 'token-0123456789') $$,
  '23505', null, 'a token opens one invitation'
);
select lives_ok(
  $$ insert into public.team_invites (account_owner_id, email, token) values ('q', 'new@x.example', 'token-2123456789') $$,
  'another owner may invite the same address'
);
select lives_ok(
  $$
    update public.team_invites set accepted_at = now(), accepted_by_user_id = 'm'
    where account_owner_id = 'o' and email = 'new@x.example';
    insert into public.team_invites (account_owner_id, email, token) values ('o', 'new@x.example', 'token-3123456789');
  $$,
  'after acceptance the address may be invited again'
);
select throws_ok(statement, '23514', null, statement || ' is refused')
from unnest(array[
  $$ insert into public.team_invites (account_owner_id, email, token) values ('o', 's@x.example', 'short') $$,
  $$ update public.team_invites set project_role = 'Boss' $$,
  $$ update public.team_invites set expires_at = created_at $$,
  $$ update public.team_invites set accepted_at = null, accepted_by_user_id = 'm' $$
]) as statement;

-- Seats.
insert into public.hopsworks_clusters (id, name, api_url, max_users)
values ('00000000-0000-4000-8000-0000000000ff', 'small', 'https://s.example', 2);
create temporary view seats as
select current_users from public.hopsworks_clusters where id = '00000000-0000-4000-8000-0000000000ff';

select is(
  tap.seen('service_role', null, $$ select public.increment_cluster_users('00000000-0000-4000-8000-0000000000ff') $$),
  '', 'service_role takes a seat'
);
select public.increment_cluster_users('00000000-0000-4000-8000-0000000000ff');
select is(current_users, 2, 'two seats are taken') from seats;
select throws_ok(
  $$ select public.increment_cluster_users('00000000-0000-4000-8000-0000000000ff') $$,
  '23514', null, 'a full cluster gives no seat'
);
select is(current_users, 2, 'and counts none') from seats;
select public.decrement_cluster_users('00000000-0000-4000-8000-0000000000ff') from generate_series(1, 3);
select is(current_users, 0, 'giving back stops at zero') from seats;
select throws_ok(
  format('select public.%s(gen_random_uuid())', f), 'P0002', null, f || ' refuses an unknown cluster'
)
from unnest(array['increment_cluster_users', 'decrement_cluster_users']) as f;

select throws_ok(statement, '23514', null, statement || ' is refused')
from unnest(array[
  $$ update public.hopsworks_clusters set current_users = -1 $$,
  $$ update public.hopsworks_clusters set max_users = -1 $$,
  $$ update public.hopsworks_clusters set status = 'burning' $$,
  $$ update public.hopsworks_clusters set api_url = 'ftp://x' $$,
  $$ update public.hopsworks_clusters set metadata = '[]' $$,
  $$ update public.user_hopsworks_assignments set assigned_by = 'me' $$,
  $$ update public.instances set status = 'exploded' $$,
  $$ update public.instances set hopsworks_url = 'javascript:alert(1)' $$,
  $$ update public.user_projects set status = 'odd' $$,
  $$ update public.project_member_roles set role = 'Boss' $$,
  $$ update public.project_member_roles set member_id = account_owner_id $$,
  $$ update public.feature_groups set version = 0 $$,
  $$ update public.health_check_failures set resolved_at = created_at - interval '1 hour' $$
]) as statement;

-- One cluster a user, one active namespace a cluster.
select throws_ok(
  $$ insert into public.user_hopsworks_assignments (user_id, hopsworks_cluster_id)
     select 'auth0|ana', id from public.hopsworks_clusters where name = 'small' $$,
  '23505', null, 'a user works on one cluster'
);
select throws_ok(
  $$ insert into public.instances (user_id, instance_name) values ('auth0|ana', 'second') $$,
  '23505', null, 'a user has one instance'
);
insert into public.user_projects (user_id, hopsworks_cluster_id, project_id, project_name, namespace)
select 'o', id, 7, 'my_project', 'my-project' from public.hopsworks_clusters where name in ('small', 'cluster-a');
select pass('two clusters may each hold a project 7 called my_project');
select throws_ok(
  $$ insert into public.user_projects (user_id, hopsworks_cluster_id, project_id, project_name, namespace)
     select 'q', id, 8, 'my_project', 'my-project' from public.hopsworks_clusters where name = 'small' $$,
  '23505', null, 'a namespace of one cluster has one payer'
);
select lives_ok(
  $$ update public.user_projects set status = 'inactive' where project_id = 7;
     insert into public.user_projects (user_id, hopsworks_cluster_id, project_id, project_name, namespace)
     select 'q', id, 8, 'my_project', 'my-project' from public.hopsworks_clusters where name = 'small' $$,
  'until its project is gone'
);
select throws_ok(
  $$ insert into public.user_projects (user_id, hopsworks_cluster_id, project_id, project_name, namespace)
     select user_id, hopsworks_cluster_id, project_id, 'x', 'x' from public.user_projects limit 1 $$,
  '23505', null, 'a project is listed once'
);
select throws_ok(
  $$ insert into public.project_member_roles (member_id, account_owner_id, project_id, project_name, role)
     select member_id, account_owner_id, project_id, 'x', role from public.project_member_roles $$,
  '23505', null, 'a member has one role in a project'
);

-- The view.
select results_eq(
  $$ select member_id, owner_id, owner_email, joined_at = now() from public.team_members where owner_id = 'o' $$,
  $$ values ('m', 'o', 'o@x.example', true) $$,
  'team_members names member and owner'
);
select is(
  tap.seen('authenticated', 'auth0|amy', 'select owner_id || coalesce(owner_email, ''-'') from public.team_members'),
  'auth0|ana-',
  'a member sees who owns the team, not the owner''s address'
);

-- Search and paging are served by indexes once there is something to search.
insert into public.users (id, email, name, created_at)
select 'bulk' || i, md5(i::text) || '@bulk.example', md5('name' || i), now() - i * interval '1 minute'
from generate_series(1, 5000) as i;
select is(gin_clean_pending_list(i::regclass) >= 0, true, format('%s is up to date', i))
from unnest(array['public.users_email_trgm_idx', 'public.users_name_trgm_idx']) as i;
analyze public.users;
create function pg_temp.plan_of(query text) returns text language plpgsql as $$
declare
  line text;
  plan text := '';
begin
  for line in execute 'explain ' || query loop
    plan := plan || line;
  end loop;
  return plan;
end
$$;
select matches(
  pg_temp.plan_of(format('select 1 from public.users where %I ilike ''%%asserm%%''', c)),
  format('users_%s_trgm_idx', c),
  format('a fragment of users.%s is found by an index', c)
)
from unnest(array['email', 'name']) as c;
select matches(pg_temp.plan_of(query), index_name, format('%s serves: %s', index_name, query))
from (values
  ('select id from public.users order by created_at desc, id limit 9', 'users_created_at_idx'),
  ('select id from public.users order by last_login_at, id limit 9', 'users_last_login_at_idx'),
  ('select id from public.users order by name, id limit 9', 'users_name_idx'),
  ('select id from public.users order by email limit 9', 'users_email_key'),
  ('select id from public.users where lower(email) like ''ab%'' limit 9', 'users_email_folded_key'),
  ('select id from public.users where lower(name) like ''ab%'' limit 9', 'users_name_prefix_idx'),
  ('select id from public.users where status = any (''{suspended}'')', 'users_not_active_idx')
) as page (query, index_name);

select * from finish();
rollback;
