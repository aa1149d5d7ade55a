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
    for v_try in 1..1200 loop
      exit when exists (select from faults.chosen as c where c.how = 'go on');
      perform pg_catalog.pg_sleep(0.1);
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

-- Everything an action writes, in one text.
create function faults.state() returns text language sql as $$
  select concat_ws(' ',
    (select string_agg(u.id || '=' || u.status, ',' order by u.id) from public.users as u where u.id like 'f|%'),
    'audit', (select count(*) from console.audit), 'data', (select count(*) from console.audit_data),
    'links', (select count(*) from console.audit_links), 'heads', (select string_agg(h.chain || h.seq, ',' order by h.chain) from console.audit_heads as h),
    'outbox', (select count(*) from console.outbox), 'holds', (select count(*) from console.holds),
    'ledger', (select count(*) from console.ledger_entries), 'transactions', (select count(*) from public.credit_transactions),
    'credits', (select sum(c.free_credits_granted) from public.user_credits as c), 'bulks', (select count(*) from console.bulk_done)
  )
$$;

insert into public.hopsworks_clusters (id, name, api_url, max_users) values ('00000000-0000-4000-8000-0000000000fa', 'faulty', 'https://f.example', 100);
insert into public.users (id, email, name) values ('f|owner', 'o@faults.example', 'Owner'), ('f|one', 'one@faults.example', 'One'), ('f|two', 'two@faults.example', 'Two');
insert into public.users (id, email, name, account_owner_id) values ('f|member', 'm@faults.example', 'Member', 'f|owner');
insert into public.user_hopsworks_assignments (user_id, hopsworks_cluster_id)
select u.id, '00000000-0000-4000-8000-0000000000fa' from public.users as u where u.id like 'f|%';
insert into public.user_credits (user_id, total_purchased) values ('f|owner', 5);
create role faults_admin login;
set session authorization hopsdesk_owner;
select console.adopt_staff('faults_admin', 'auth0|faults', 'Faults', 'admin');
set session authorization faults_admin;
select console.elevate('faults', 15);
