-- Staff and the line for seats: taken out, put back where they stood, put in; and taken back.
begin;
set local search_path = public, extensions, tap;
select * from no_plan();
select tap.hire();
select tap.a_service();
-- Full: north 2 of 2, south 0 of 0.
update public.hopsworks_clusters set max_users = case name when 'north' then 2 else 0 end;

create function pg_temp.look() returns text language sql as $$
  update console.seat_looks set counted_at = '-infinity';
  select tap.told('tap_receiver', 'select coalesce(r ->> ''placed'' || '' '' || (r ->> ''waiting''), ''nothing'') from console.place_waiting(20) as r')
$$;
create function pg_temp.asks(who text, cause text default 'registration') returns text language sql as $$
  select tap.told('tap_receiver', format('select console.request_seat(%L, %L)', who, cause))
$$;
create function pg_temp.line() returns text language sql as $$
  select string_agg(r.user_id, ' ' order by r.due_at, r.place) from console.seat_requests as r where r.state = 'waiting' and r.due_at is not null
$$;
create function pg_temp.request(who text) returns text language sql as $$
  select concat_ws(' ', r.state, r.why) from console.seat_requests as r where r.user_id = who
$$;
create function pg_temp.does(action text, who text, login name default 'tap_support') returns text language sql as $$
  select tap.refused(login, format('select console.act(%L, %L, ''{}'', null, false, ''for a test'') ->> ''action''', action, who))
$$;

insert into public.users (id, email, name) select 'w' || n, 'w' || n || '@r.example', 'w' || n from generate_series(1, 3) as n;
select is(string_agg(pg_temp.asks('w' || n), ' ' order by n), 'true true true', 'three wait') from generate_series(1, 3) as n;
select is(pg_temp.look(), '0 3', 'for nobody there is a seat');
select is(pg_temp.line(), 'w1 w2 w3', 'in their order');

-- Who may.
select matches(pg_temp.does('leave_seat_line', 'w1', 'tap_finance'), '^HD003', 'finance gives no seats');
select matches(pg_temp.does('leave_seat_line', 'w1', 'tap_auditor'), '^(42501|HD003)', 'nor do auditors');
select matches(pg_temp.does('leave_seat_line', 'o|dan'), '^HD007 Waits for no seat', 'whoever does not wait is not taken out');
select matches(pg_temp.does('join_seat_line', 'w1'), '^HD007 Waits for a seat already', 'nor put in twice');
select matches(pg_temp.does('join_seat_line', 'o|ann'), '^HD007 Has a seat already', 'nor who has one');
select matches(pg_temp.does('join_seat_line', 'o|eve'), '^HD007 Deleted', 'nor who is deleted');

-- A dry run shows it and does nothing.
select is(tap.acts('tap_support', 'leave_seat_line', 'w1', '{}', true) #>> '{changes,0,after}', 'withdrawn', 'it is shown before it is done');
select is(pg_temp.line(), 'w1 w2 w3', 'and not done');

-- Out, and back.
select matches(pg_temp.does('leave_seat_line', 'w1'), 'leave_seat_line', 'the first is taken out');
select is(pg_temp.request('w1'), 'withdrawn taken_out', 'and it is said why');
select is(pg_temp.line(), 'w2 w3', 'the others move up');
select is(pg_temp.asks('w1', 'payment'), 'false', 'a payment does not bring them back');
select is(pg_temp.asks('w1'), 'false', 'nor a registration that is heard of again');
update public.hopsworks_clusters set max_users = 1 where name = 'south';
select is(pg_temp.look(), '1 0', 'a seat becomes free');
select is((select string_agg(user_id, ' ') from console.seat_requests where state = 'placed'), 'w2', 'and goes to the next');
select is(
  (select a.chain || ' ' || a.action || ' ' || a.subject || ' ' || a.login || ' ' || (d.data ->> 'reason') from console.audit as a
   join console.audit_data as d on d.audit_id = a.id where a.action = 'leave_seat_line'),
  'staff leave_seat_line w1 tap_support for a test', 'the trail says who, and why');
select matches(pg_temp.does('join_seat_line', 'w1'), 'join_seat_line', 'they are put back');
select is(pg_temp.line(), 'w1 w3', 'where they stood');
select is((select cause from console.seat_requests where user_id = 'w1'), 'registration', 'for what they came for');
select is(pg_temp.look(), '0 1', 'they are told why they wait');
select is(pg_temp.request('w1'), 'waiting no_room', 'like everybody');

-- Taken back with undo.
select matches(pg_temp.does('leave_seat_line', 'w3'), 'leave_seat_line', 'another is taken out');
select is(tap.told('tap_admin', format('select console.undo(%s, ''a slip'') ->> ''action''', (select max(id) from console.audit where action = 'leave_seat_line'))),
  'join_seat_line', 'and that is taken back');
select is(pg_temp.line(), 'w1 w3', 'as it was');
select matches(tap.refused('tap_admin', format('select console.undo(%s, ''a slip'')', (select max(id) from console.audit where action = 'leave_seat_line'))),
  '^HD007', 'once');
update public.hopsworks_clusters set max_users = 2 where name = 'south';
select is(pg_temp.look(), '1 1', 'the next seat');
select is(pg_temp.request('w1'), 'placed least_filled', 'is theirs');
select matches(pg_temp.does('leave_seat_line', 'w1'), '^HD007 Waits for no seat', 'whoever has it is out of the line');

-- Whoever lost their seat, and who never asked.
select is(tap.acts('tap_support', 'unassign_cluster', 'w1', '{}') ? 'audit_id', true, 'a seat is taken away');
select is(pg_temp.asks('w1', 'payment'), 'false', 'which no payment brings back');
select is(pg_temp.look(), '1 0', 'the one behind has it');
select matches(pg_temp.does('join_seat_line', 'w1'), 'join_seat_line', 'staff put them in line again');
select is((select cause || ' ' || (audit_id is null) from console.seat_requests where user_id = 'w1'), 'staff true', 'because staff said so');
select matches(pg_temp.does('join_seat_line', 'o|dan'), 'join_seat_line', 'and somebody who never asked');
select is(pg_temp.line(), 'w1 o|dan', 'each at the end');
select is((select r.cause from console.seat_requests as r where r.user_id = 'o|dan'), 'staff', 'because staff said so');
select is(tap.told('tap_support', format('select console.undo(%s, ''a slip'') ->> ''action''', (select max(id) from console.audit where action = 'join_seat_line'))),
  'leave_seat_line', 'that can be taken back, too');
update public.hopsworks_clusters set max_users = 9 where name = 'south';
select is(pg_temp.look(), '1 0', 'there is room for all');
select is(pg_temp.request('w1') || ', ' || pg_temp.request('o|dan'), 'placed least_filled, withdrawn taken_out', 'who is in line has a seat');

-- Seats with the first payment.
select is(tap.told('tap_admin', 'select console.set_assignment_rule(''payment'', ''only who pays'') ? ''audit_id'''), 'true', 'a seat is due with the first payment');
select matches(tap.refused('tap_support', 'select console.set_assignment_rule(''registration'', ''why not'')'), '^(HD003|42501)', 'which only admins say');
insert into public.users (id, email, name) values ('p1', 'p1@r.example', 'p1');
select is(pg_temp.asks('p1'), 'true', 'who registers is heard');
select is(pg_temp.request('p1'), 'waiting no_payment', 'but waits for a payment');
select matches(pg_temp.does('leave_seat_line', 'p1'), 'leave_seat_line', 'and is taken out');
select matches(pg_temp.does('join_seat_line', 'p1'), 'join_seat_line', 'and put back');
select is(pg_temp.request('p1'), 'waiting no_payment', 'to wait for it further');
select matches(pg_temp.does('leave_seat_line', 'p1'), 'leave_seat_line', 'out again');
select is(tap.told('tap_admin', 'select console.set_assignment_rule(''registration'', ''everybody'') ? ''audit_id'''), 'true', 'meanwhile the rule changes');
select is(pg_temp.request('p1'), 'withdrawn taken_out', 'which brings nobody back');
select matches(pg_temp.does('join_seat_line', 'p1'), 'join_seat_line', 'until staff do');
select is(pg_temp.look(), '1 0', 'and then they have a seat at once');

-- Where another program gives the seats.
update console.effect_switches set mode = 'shadow' where effect = 'assignment';
insert into public.users (id, email, name) values ('s1', 's1@r.example', 's1');
select matches(pg_temp.does('join_seat_line', 's1'), '^HD007 Seats are not given by themselves', 'nobody is put in line');
select matches(pg_temp.does('join_seat_line', 'o|dan'), 'join_seat_line', 'but whoever was taken out goes back');
select is((select mode from console.seat_requests where user_id = 'o|dan'), 'live', 'to what they waited for');
select matches(pg_temp.does('leave_seat_line', 'o|dan'), 'leave_seat_line', 'out once more');
update console.effect_switches set mode = 'off' where effect = 'assignment';
select matches(pg_temp.does('join_seat_line', 'o|dan'), 'join_seat_line', 'and back, though it is off by now');

select * from finish();
rollback;
