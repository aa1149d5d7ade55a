-- What two people do at the same moment. Needs two more connections (dblink) and commits, so it
-- cleans up by hand. The two-level rule must hold under either isolation level: one of the two is
-- refused, whatever the order.
set search_path = public, extensions, tap;
create extension if not exists dblink with schema tap;
select * from no_plan();

-- How the second of two transactions ends: `first` is open and holds its change, `second` starts,
-- then `first` commits.
create function pg_temp.race(isolation text, first text, second text) returns text
language plpgsql as $$
declare
  here constant text := format(
    'dbname=%s host=%s user=%s', current_database(), current_setting('unix_socket_directories'), session_user
  );
  verdict text := 'committed';
begin
  perform dblink_connect('first', here);
  perform dblink_connect('second', here);
  perform dblink_exec('first', 'update public.users set account_owner_id = null where id like ''r_''');
  perform dblink_exec('second', 'begin isolation level ' || isolation);
  perform * from dblink('second', 'select 1 from public.users limit 1') as snapshot (one int);
  perform dblink_exec('first', 'begin isolation level ' || isolation);
  perform dblink_exec('first', first);
  perform dblink_send_query('second', second);
  perform pg_sleep(0.2);
  perform dblink_exec('first', 'commit');
  begin
    perform * from dblink_get_result('second') as answer (status text);
    perform * from dblink_get_result('second') as answer (status text);
    perform dblink_exec('second', 'commit');
  exception
    when others then verdict := sqlstate;
  end;
  perform dblink_disconnect('first');
  perform dblink_disconnect('second');
  return verdict;
end
$$;

insert into public.users (id, email) values ('ra', 'ra@x.example'), ('rb', 'rb@x.example'), ('rc', 'rc@x.example');

select matches(
  pg_temp.race(
    level,
    $$ update public.users set account_owner_id = 'ra' where id = 'rb' $$,
    $$ update public.users set account_owner_id = 'rc' where id = 'ra' $$
  ),
  '^(23503|40001)$',
  format('%s: an owner who is just getting a member cannot become one', level)
)
from unnest(array['read committed', 'repeatable read']) as level;

select matches(
  pg_temp.race(
    level,
    $$ update public.users set account_owner_id = 'rc' where id = 'ra' $$,
    $$ update public.users set account_owner_id = 'ra' where id = 'rb' $$
  ),
  '^(23503|40001)$',
  format('%s: nobody joins an owner who is just becoming a member', level)
)
from unnest(array['read committed', 'repeatable read']) as level;

insert into public.hopsworks_clusters (id, name, api_url, max_users)
values ('00000000-0000-4000-8000-0000000000ee', 'one-seat', 'https://r.example', 1);
select is(
  pg_temp.race(
    'read committed',
    $$ do 'begin perform public.increment_cluster_users(''00000000-0000-4000-8000-0000000000ee''); end' $$,
    $$ do 'begin perform public.increment_cluster_users(''00000000-0000-4000-8000-0000000000ee''); end' $$
  ),
  '23514',
  'of two who want the last seat one is told that the cluster is full'
);

delete from public.hopsworks_clusters where name = 'one-seat';
update public.users set account_owner_id = null where id like 'r_';
delete from public.users where id like 'r_';
drop extension dblink;
select * from finish();
