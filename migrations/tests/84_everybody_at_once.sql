-- Thirty-two members of staff at the same moment, bulk and single, on one set of customers: nobody waits in
-- a circle, the last seat is given once, and the chain holds. Needs connections of its own (dblink) and
-- commits, so it cleans up what it can: the audit trail stays, as it should.
set search_path = public, extensions, tap;
create extension if not exists dblink with schema tap;
select * from no_plan();

insert into public.hopsworks_clusters (id, name, api_url, max_users) values
('00000000-0000-4000-8000-0000000000f1', 'crowd-1', 'https://c1.example', 1),
('00000000-0000-4000-8000-0000000000f2', 'crowd-2', 'https://c2.example', 100);
insert into public.users (id, email, name) select 'c|o' || n, 'co' || n || '@crowd.example', 'O ' || n from generate_series(1, 8) as n;
insert into public.users (id, email, name) values ('c|s1', 'cs1@crowd.example', 'S 1'), ('c|s2', 'cs2@crowd.example', 'S 2');
insert into public.users (id, email, name, account_owner_id)
select 'c|m' || n, 'cm' || n || '@crowd.example', 'M ' || n, 'c|o' || (n % 8 + 1) from generate_series(1, 24) as n;
do $$
begin
  for n in 1..32 loop
    execute format('create role crowd_%s login', n);
    perform tap.told('hopsdesk_owner', format('select console.adopt_staff(%L, %L, %L, ''support'')', 'crowd_' || n, 'auth0|crowd-' || n, 'Crowd'));
    perform tap.told('crowd_' || n, 'select console.elevate(''a crowd'')');
  end loop;
end
$$;

-- What the n-th does in a round; half of them act on many, in an order of their own.
create function pg_temp.work(n integer, round integer) returns text language sql as $$
  select case
    when n = 1 or n = 2 then format('select console.act(''assign_cluster'', ''c|s%s'', ''{"cluster_id": "00000000-0000-4000-8000-0000000000f1"}'', null, false, ''a crowd'')', n)
    when n % 4 = 0 then format('select console.act_many(%L, %L, ''{}'', ''a crowd'', false, null)', (array['suspend_account', 'reactivate_account'])[round % 2 + 1],
      (select jsonb_agg(id order by md5(id || n || round)) from public.users where id like 'c|%'))
    when n % 4 = 1 then format('select console.act_many(''assign_cluster'', %L, ''{"cluster_id": "00000000-0000-4000-8000-0000000000f2"}'', ''a crowd'', false, null)',
      (select jsonb_agg(id order by md5(id || n || round)) from public.users where id like 'c|m%'))
    when n % 4 = 2 then format('select console.act(''%s'', ''c|o%s'', ''{}'', null, false, ''a crowd'')', (array['suspend_account', 'reactivate_account'])[(n / 4 + round) % 2 + 1], n % 8 + 1)
    when n % 8 = 3 then format('select console.act(''%s'', ''c|o%s'', ''{}'', null, false, ''a crowd'')', (array['block_user', 'unblock_user'])[(n / 8 + round) % 2 + 1], n % 3 + 1)
    else format('select console.act(''grant_credits'', ''c|o%s'', ''{"amount": "1"}'', null, false, ''a crowd'')', n % 8 + 1)
  end
$$;

-- The last seat, with both at it for certain: the first has taken it and not committed when the second asks.
insert into public.hopsworks_clusters (id, name, api_url, max_users) values ('00000000-0000-4000-8000-0000000000f3', 'crowd-3', 'https://c3.example', 1);
insert into public.users (id, email, name) values ('c|t1', 'ct1@crowd.example', 'T 1'), ('c|t2', 'ct2@crowd.example', 'T 2');
create function pg_temp.last_seat() returns text language plpgsql as $$
declare
  here constant text := format('dbname=%s host=%s user=', current_database(), current_setting('unix_socket_directories'));
  seat constant text := 'select console.act(''assign_cluster'', ''c|t%s'', ''{"cluster_id": "00000000-0000-4000-8000-0000000000f3"}'', null, false, ''a race'')';
  verdict text := 'both';
begin
  perform dblink_connect('first', here || 'crowd_1');
  perform dblink_connect('second', here || 'crowd_2');
  perform dblink_exec('first', 'begin');
  perform * from dblink('first', format(seat, 1)) as r (answer text);
  perform dblink_send_query('second', format(seat, 2));
  perform pg_sleep(0.3);
  perform dblink_exec('first', 'commit');
  begin
    perform * from dblink_get_result('second') as r (answer text);
  exception
    when others then verdict := sqlstate;
  end;
  perform dblink_disconnect('first');
  perform dblink_disconnect('second');
  return verdict;
end
$$;
select is(pg_temp.last_seat(), 'HD007', 'of two who want the last seat one is told that it is taken');

create temporary table outcomes (n integer, round integer, outcome text);
do $$
declare
  line text;
begin
  for n in 1..32 loop
    perform dblink_connect('crowd' || n, format(
      'dbname=%s host=%s user=crowd_%s', current_database(), current_setting('unix_socket_directories'), n));
  end loop;
  for round in 1..4 loop
    for n in 1..32 loop
      perform dblink_send_query('crowd' || n, pg_temp.work(n, round));
    end loop;
    for n in 1..32 loop
      begin
        select left(r.answer, 20) into line from dblink_get_result('crowd' || n) as r (answer text);
        perform * from dblink_get_result('crowd' || n) as r (answer text);
        insert into outcomes values (n, round, 'done');
      exception
        when others then
          insert into outcomes values (n, round, sqlstate);
          perform * from dblink_get_result('crowd' || n, false) as r (answer text);
      end;
    end loop;
  end loop;
  for n in 1..32 loop
    perform dblink_disconnect('crowd' || n);
  end loop;
end
$$;

select is((select string_agg(distinct outcome, ' ') from outcomes where outcome not in ('done', 'HD007')), null, 'nobody waits in a circle: done, or refused for a reason');
select ok((select count(*) > 40 from outcomes where outcome = 'done'), 'most is done');
select is((select count(*)::int from public.user_hopsworks_assignments where hopsworks_cluster_id = '00000000-0000-4000-8000-0000000000f1'), 1, 'the last seat is given once');
select is(
  (select sum(l.amount) from console.ledger_entries as l where l.account_id like 'c|%'),
  (select sum(c.free_credits_granted) from public.user_credits as c where c.user_id like 'c|%'), 'no credit is lost or doubled'
);
select is(
  (select string_agg(k.name, ' ') from public.hopsworks_clusters as k where k.name like 'crowd%' and k.current_users <> (select count(*) from public.user_hopsworks_assignments as a where a.hopsworks_cluster_id = k.id)),
  null, 'the service''s own counts are right'
);
select is(tap.told('crowd_1', 'select console.verify_audit(''staff'') ->> ''ok'''), 'true', 'the chain holds');
select is(tap.told('crowd_1', 'select console.verify_audit(''staff'') ->> ''rows'''), (select count(*)::text from console.audit where chain = 'staff'), 'and every entry is in it');

delete from public.user_hopsworks_assignments where user_id like 'c|%';
delete from public.hopsworks_clusters where name like 'crowd%';
delete from public.credit_transactions where user_id like 'c|%';
delete from public.user_credits where user_id like 'c|%';
update public.users set account_owner_id = null where id like 'c|%';
delete from public.users where id like 'c|%';
do $$
begin
  for n in 1..32 loop
    perform tap.told('hopsdesk_owner', format('select console.revoke_staff(%L)', 'crowd_' || n));
    execute format('drop role crowd_%s', n);
  end loop;
end
$$;
drop extension dblink;
select * from finish();
