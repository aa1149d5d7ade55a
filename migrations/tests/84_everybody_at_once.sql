-- Thirty-two members of staff at the same moment, acting and taking back, in bulk and singly, on one set of customers,
-- while elevations end: nobody waits in a circle, the last seat is given once, and the chain holds. Needs connections of its own (dblink) and
-- commits, so it cleans up what it can: the audit trail stays, as it should.
set search_path = public, extensions, tap;
create extension if not exists dblink with schema tap;
select * from no_plan();

insert into public.hopsworks_clusters (id, name, api_url, max_users) values
('00000000-0000-4000-8000-0000000000f1', 'crowd-1', 'https://c1.example', 1),
('00000000-0000-4000-8000-0000000000f2', 'crowd-2', 'https://c2.example', 100);
insert into public.users (id, email, name) select 'c|o' || n, 'co' || n || '@crowd.example', 'O ' || n from generate_series(1, 8) as n;
insert into public.users (id, email, name) values ('c|s1', 'cs1@crowd.example', 'S 1'), ('c|s2', 'cs2@crowd.example', 'S 2');
-- Members whose ids come before their owner's, and after.
insert into public.users (id, email, name, account_owner_id)
select 'c|' || case when n % 2 = 0 then 'm' else 'p' end || n, 'cm' || n || '@crowd.example', 'M ' || n, 'c|o' || (n / 3 % 8 + 1) from generate_series(1, 24) as n;
do $$
begin
  for n in 1..32 loop
    execute format('create role crowd_%s login', n);
    perform tap.told('hopsdesk_owner', format('select console.adopt_staff(%L, %L, %L, ''support'')', 'crowd_' || n, 'auth0|crowd-' || n, 'Crowd'));
    perform tap.told('crowd_' || n, 'select console.elevate(''a crowd'')');
  end loop;
end
$$;

-- Invitations that can be taken back, renewed and cancelled.
select tap.told('crowd_1', format('select console.act_many(''invite_member'', %L, ''{}'', ''a crowd'', false, null)', (
  select jsonb_agg(jsonb_build_object('subject', 'c|o' || n, 'arguments', jsonb_build_object('email', 'ci' || n || '@crowd.example'))) from generate_series(1, 8) as n
)));

create function pg_temp.many(action text, of_whom text, seed text, arguments text default '{}') returns text language sql as $$
  select format('select console.act_many(%L, %L, %L, ''a crowd'', false, null)', action,
    (select jsonb_agg(id order by md5(id || seed)) from (select id from public.users union all select id::text from public.team_invites where email like '%@crowd.example') as s (id) where id ~ of_whom), arguments)
$$;
-- The latest entries of one kind of action that were not taken back, of the customers above.
create function pg_temp.entries(actions text[], how_many integer) returns bigint[] language sql as $$
  select coalesce(array_agg(id), '{0}') from (
    select a.id from console.audit as a
    where a.login like 'crowd_%' and a.action = any (actions) and (a.kind = 'invite' or a.subject ~ '^c.[mop]')
      and not exists (select from console.audit as u where u.undoes = a.id)
    order by a.id desc limit how_many
  ) as latest
$$;

-- What the n-th does in a round; half of them act on many, in an order of their own.
create function pg_temp.work(n integer, round integer) returns text language sql as $$
  select case
    when n = 1 or n = 2 then format('select console.act(''assign_cluster'', ''c|s%s'', ''{"cluster_id": "00000000-0000-4000-8000-0000000000f1"}'', null, false, ''a crowd'')', n)
    when n in (3, 7, 8, 11) then format('select console.undo_many(%L, ''a crowd'', false)',
      pg_temp.entries('{suspend_account,reactivate_account,assign_cluster,grant_credits,remove_member,invite_member,resend_invite,cancel_invite,join_team,reverse_credits}', 40 + n))
    when n = 15 then format('select console.undo_many(%L, ''a crowd'', false)', pg_temp.entries('{remove_member,invite_member}', 30))
    when n in (6, 10, 14) then format('select console.undo(%s, ''a crowd'')',
      (pg_temp.entries((array['{suspend_account}', '{reactivate_account}', '{grant_credits}', '{remove_member}'])[(n + round) % 4 + 1]::text[], n))[1])
    when n = 12 then pg_temp.many('remove_member', '^c.[mp]', n::text || round)
    when n in (19, 23) then pg_temp.many((array['resend_invite', 'cancel_invite'])[(n + round) % 2 + 1], '^[0-9a-f]{8}-', n::text || round)
    -- Somebody's elevation ends, by their own hand, while they act on many from elsewhere.
    when n = 20 then case when round % 2 = 1 then 'select console.end_elevation()' else 'select console.elevate(''a crowd'')' end
    when n % 4 = 0 then pg_temp.many((array['suspend_account', 'reactivate_account'])[round % 2 + 1], '^c[|]', n::text || round)
    when n % 4 = 1 then pg_temp.many('assign_cluster', '^c.[mp]', n::text || round, '{"cluster_id": "00000000-0000-4000-8000-0000000000f2"}')
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
      'dbname=%s host=%s user=crowd_%s', current_database(), current_setting('unix_socket_directories'), case n when 20 then 24 else n end));
  end loop;
  for round in 1..6 loop
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

select is((select string_agg(distinct outcome, ' ') from outcomes where outcome not in ('done', 'HD007', 'HD004', 'HD006') and not (n = 24 and outcome = 'HD002')), null, 'nobody waits in a circle: done, or refused for a reason');
select ok((select count(*) > 60 from outcomes where outcome = 'done'), 'most is done');
select is(
  (select string_agg(w.action || ' ' || (select count(*) from console.audit as a where a.action = w.action and a.login like 'crowd_%' and (w.action !~ 'elevat' or a.login = 'crowd_24')), ', ')
   from unnest(array['remove_member', 'join_team', 'reverse_credits', 'cancel_invite', 'unassign_cluster', 'end_elevation']) as w (action)
   where not exists (select from console.audit as a where a.action = w.action and a.login like 'crowd_%')),
  null, 'everything that was to happen did, singly and in bulk'
);
select ok((select count(*) > 20 from console.audit where undoes is not null and login like 'crowd_%'), 'much was taken back');
select is((select count(*)::int from (select h.user_id from console.holds as h where h.lifted_by is null and h.user_id like 'c|%' and h.hold = 'suspended'
  except select u.id from public.users as u where u.status = 'suspended') as odd), 0, 'whoever is held is suspended');
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

delete from public.team_invites where email like '%@crowd.example';
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
