-- For the test of faults: stops, or ends, the session at a chosen step. A step is before and after each statement that
-- writes any table of the service or of the console, at commit too; between two of them nothing is written, so
-- what a kill there leaves is what one at the next step leaves.
create schema faults;
create sequence faults.steps;
create table faults.chosen (step bigint, how text);
insert into faults.chosen values (0, 'count');

-- Steps are counted by a sequence, since what a transaction writes is gone with it. Definer: staff have no rights here.
create function faults.step() returns trigger language plpgsql security definer set search_path = '' as $$
declare
  v_chosen faults.chosen;
begin
  select c.* into v_chosen from faults.chosen as c;
  if pg_catalog.nextval('faults.steps') = v_chosen.step then
    if v_chosen.how = 'end' then
      perform pg_catalog.pg_terminate_backend(pg_catalog.pg_backend_pid());
    end if;
    -- Until it is killed, or told to go on for a client that is no more.
    for v_try in 1..24000 loop
      exit when exists (select from faults.chosen as c where c.how = 'go on');
      perform pg_catalog.pg_sleep(0.005);
    end loop;
  end if;
  return null;
end
$$;

do $$
declare
  watched record;
begin
  for watched in
    select c.oid::regclass as name, v.whence
    from pg_class as c cross join (values ('before'), ('after')) as v (whence)
    where c.relnamespace in ('public'::regnamespace, 'console'::regnamespace) and c.relkind = 'r'
  loop
    execute format(
      'create trigger %s_each_step %s insert or update or delete on %s for each statement execute function faults.step()',
      case watched.whence when 'before' then 'aa' else 'zz' end, watched.whence, watched.name
    );
  end loop;
end
$$;

-- Everything there is, to the letter; and how many rows each table has.
create function faults.state() returns text language plpgsql as $$
declare
  v_table regclass;
  v_one text;
  v_all text := '';
begin
  for v_table in
    select c.oid from pg_class as c where c.relnamespace in ('public'::regnamespace, 'console'::regnamespace) and c.relkind = 'r' order by c.oid
  loop
    execute format('select md5(string_agg(t::text, '','' order by t::text)) from %s as t', v_table) into v_one;
    v_all := concat_ws(' ', v_all, v_one);
  end loop;
  return md5(v_all);
end
$$;

create function faults.counts() returns text language plpgsql security definer as $$
declare
  v_table regclass;
  v_one text;
  v_all text := '';
begin
  for v_table in
    select c.oid from pg_class as c where c.relnamespace in ('public'::regnamespace, 'console'::regnamespace) and c.relkind = 'r' order by c.oid
  loop
    execute format('select count(*) from %s', v_table) into v_one;
    v_all := concat_ws(' ', v_all, v_table || '=' || v_one);
  end loop;
  return v_all;
end
$$;

-- The session that waits at the chosen step; null: none came there.
create function faults.asleep() returns integer language plpgsql as $$
declare
  v_pid integer;
begin
  for v_try in 1..2000 loop
    perform pg_stat_clear_snapshot();
    select a.pid into v_pid from pg_stat_activity as a
    where a.datname = current_database() and a.usename = 'faults_admin' and a.wait_event = 'PgSleep';
    exit when found;
    perform pg_sleep(0.005);
  end loop;
  return v_pid;
end
$$;

-- What is there once nobody acts any more.
create function faults.settled() returns text language plpgsql as $$
begin
  for v_try in 1..4000 loop
    perform pg_stat_clear_snapshot();
    exit when not exists (select from pg_stat_activity as a where a.usename = 'faults_admin');
    perform pg_sleep(0.005);
  end loop;
  return faults.state();
end
$$;

insert into public.hopsworks_clusters (id, name, api_url, max_users) values
('00000000-0000-4000-8000-0000000000fa', 'faulty', 'https://f.example', 100),
('00000000-0000-4000-8000-0000000000fb', 'faultier', 'https://g.example', 100);
insert into public.users (id, email, name)
select 'f|' || word, word || '@faults.example', initcap(word)
from unnest(array['owner', 'one', 'two', 'back', 'gone', 'away', 'rich', 'seatless', 'mover', 'undone', 'third', 'fourth']) as word;
insert into public.users (id, email, name, account_owner_id) values
('f|member', 'm@faults.example', 'Member', 'f|owner'), ('f|backer', 'b@faults.example', 'Backer', 'f|back'),
('f|leaver', 'l@faults.example', 'Leaver', 'f|rich');
insert into public.user_hopsworks_assignments (user_id, hopsworks_cluster_id)
select u.id, '00000000-0000-4000-8000-0000000000fa' from public.users as u where u.id like 'f|%' and u.id <> 'f|seatless';
insert into public.user_credits (user_id, total_purchased) values ('f|owner', 5), ('f|rich', 5);
create role faults_admin login;
grant usage on schema faults to faults_admin;
grant select on faults.steps to faults_admin;
set session authorization hopsdesk_owner;
select console.adopt_staff('faults_admin', 'auth0|faults', 'Faults', 'admin');
set session authorization faults_admin;
select console.elevate('faults', 15);
select console.act('suspend_account', id, '{}', null, false, 'faults') from unnest('{f|back,f|undone}'::text[]) as id;
select console.act('delete_user', 'f|away', '{}', null, false, 'faults');
select console.act_many('suspend_account', '["f|third", "f|fourth"]', '{}', 'faults', false, 'faults-done');
