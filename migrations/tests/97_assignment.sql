-- Seats that are given by themselves: where, in which order, why not, and what is on record of it.
begin;
set local search_path = public, extensions, tap;
select * from no_plan();
select tap.hire();
select tap.a_service();
-- north: 2 of 4, south: 0 of 1.
update public.users set status = 'active' where id = 'm|cid';

create function pg_temp.asks(who text, cause text default 'registration') returns text language sql as $$
  select tap.told('tap_receiver', format('select console.request_seat(%L, %L)', who, cause))
$$;
-- As it is some seconds later, when seats are counted again.
create function pg_temp.look(most integer default 20) returns text language sql as $$
  update console.seat_looks set counted_at = '-infinity';
  select tap.told('tap_receiver', format(
    'select coalesce(r ->> ''placed'' || '' '' || (r ->> ''waiting'') || '' '' || (r ->> ''shadowed'') || '' '' || (r ->> ''withdrawn''), ''nothing'') from console.place_waiting(%s) as r', most))
$$;
create function pg_temp.register(who text, n integer, owner text default null) returns text language plpgsql as $$
begin
  insert into public.users (id, email, name, account_owner_id) values (who || n, who || n || '@r.example', who || n, owner);
  return pg_temp.asks(who || n);
end
$$;
create function pg_temp.seat(who text) returns text language sql as $$
  select string_agg(k.name || ' ' || a.assigned_by, ', ') from public.user_hopsworks_assignments as a
  join public.hopsworks_clusters as k on k.id = a.hopsworks_cluster_id where a.user_id = who
$$;
create function pg_temp.request(who text) returns text language sql as $$
  select concat_ws(' ', r.state, r.why, k.name) from console.seat_requests as r
  left join public.hopsworks_clusters as k on k.id::text = r.cluster_id where r.user_id = who
$$;
create function pg_temp.verdicts(choice jsonb) returns text language sql as $$
  select string_agg(c ->> 'name' || ' ' || (c ->> 'verdict'), ', ' order by c ->> 'name') from jsonb_array_elements(choice -> 'clusters') as c
$$;
create function pg_temp.next(who text default null, login name default 'tap_auditor') returns jsonb language sql as $$
  select tap.told(login, format('select console.next_seat(%L)', who))::jsonb
$$;
create function pg_temp.alerts(after integer) returns text language plpgsql as $$
begin
  perform tap.told('tap_receiver', format('select console.evaluate_alerts(%L, ''{}'', ''{}'')', now() + make_interval(secs => after * 10)));
  return (select coalesce(string_agg(concat_ws(' ', subject, facts ->> 'count', facts ->> 'cluster'), ', ' order by subject), '') from console.alerts
    where kind = 'no_seat' and resolved_at is null);
end
$$;

-- Where the next one would go.
select is(pg_temp.next() ->> 'cluster_name', 'south', 'the least filled');
select is(pg_temp.next() ->> 'why', 'least_filled', 'and why');
select is(pg_temp.verdicts(pg_temp.next()), 'north fuller, south chosen', 'and why not the other');
select is(pg_temp.next('m|cid') ->> 'why', 'owners_cluster', 'members go where their owner is');
select is(pg_temp.verdicts(pg_temp.next('m|cid')), 'north chosen, south not_owners', 'wherever it is emptier');
select is(pg_temp.next() ->> 'mode', 'live', 'it is said whether seats are given');
select is(tap.seen('authenticated', 'o|ann', 'select console.next_seat()::text'), '[42501]', 'whoever is no staff is told nothing');

-- One registers.
select is(pg_temp.look(), 'nothing', 'where nobody waits there is nothing to do');
select is(pg_temp.register('new', 1), 'true', 'whoever registers waits for a seat');
select is(pg_temp.asks('new1'), 'false', 'once');
select is(pg_temp.asks('nobody'), 'false', 'whoever is not there does not');
select is(pg_temp.asks('o|ann'), 'false', 'nor who has one');
select is(pg_temp.asks('o|eve'), 'false', 'nor who is deleted');
select is(pg_temp.asks('o|dan', 'whim'), '[HD005]', 'there are four reasons');
select is(pg_temp.look(), '1 0 0 0', 'they are placed');
select is(pg_temp.seat('new1'), 'south system', 'where it was said');
select is(pg_temp.request('new1'), 'placed least_filled south', 'and why is on record');
select is((select pg_temp.verdicts(choice) from console.seat_requests where user_id = 'new1'), 'north fuller, south chosen', 'with every cluster as it was');
select is((select current_users from public.hopsworks_clusters where name = 'south'), 1, 'the service''s count follows');
select is((select state || ' ' || kind || ' ' || (payload ->> 'user_id') from console.outbox where subject = 'new1'), 'pending ensure_user new1', 'Hopsworks is to have the user');
select is(
  (select a.chain || ' ' || a.action || ' ' || (d.data ->> 'reason') from console.audit as a join console.audit_data as d on d.audit_id = a.id
   join console.seat_requests as r on r.audit_id = a.id where r.user_id = 'new1'),
  'system assign_cluster Placed on south, the least filled cluster with room', 'and the trail says so');
select is((select array_agg(s.kind || ' ' || s.action) from console.staff_acts_on('new1') as s), '{system_did assign_cluster}', 'and the timeline, as nobody''s failure');
select is(pg_temp.asks('new1'), 'false', 'a replay asks for nothing');
select is(pg_temp.look(), 'nothing', 'and nothing is left');

-- Members, and who is to be one.
select is(pg_temp.register('member', 1, 'o|ann'), 'true', 'a member registers');
insert into public.team_invites (account_owner_id, email, token, expires_at) values ('o|ann', 'GUEST1@r.example', repeat('t', 40), now() + interval '1 day');
select is(pg_temp.register('guest', 1), 'true', 'somebody who is invited registers');
select is(pg_temp.look(), '1 1 0 0', 'the member is placed');
select is(pg_temp.seat('member1'), 'north team_member_auto', 'with the team');
select is(pg_temp.request('guest1'), 'waiting invited', 'the other waits until they have signed in');
select is(pg_temp.look(), 'nothing', 'nobody is told twice');
select is(tap.told('tap_receiver', 'select console.sync_user(''guest1'', ''guest1@r.example'', true, ''Guest'', now()) ->> ''joined_team'''), 'true', 'they take up the invitation');
select is(pg_temp.look(), '1 0 0 0', 'and get their seat');
select is(pg_temp.seat('guest1'), 'north team_member_auto', 'with the team');

-- Full: north 4 of 4, south 1 of 1.
select pg_temp.register('late', n) from generate_series(1, 3) as n;
select is(pg_temp.register('member', 2, 'o|ann'), 'true', 'one more of the team');
select is(pg_temp.register('orphan', 1, 'o|dan'), 'true', 'one whose owner has no seat');
select is(pg_temp.look(), '0 5 0 0', 'for nobody there is a seat');
select is(pg_temp.request('late1'), 'waiting no_room', 'and it is said why');
select is(pg_temp.request('member2'), 'waiting owner_no_room north', 'of members, too');
select is(pg_temp.request('orphan1'), 'waiting owner_no_seat', 'and of those without an owner''s seat');
select is(pg_temp.verdicts(pg_temp.next('late1')), 'north full, south full', 'with the reason of each cluster');
select is(pg_temp.next() -> 'cluster_id', 'null', 'the next one would go nowhere');
select is(pg_temp.next() ->> 'waiting', '5', 'behind five others');
select matches(tap.refused('tap_support', 'select console.act(''assign_cluster'', ''late1'', ''{}'', null, false, ''by hand'')'), '^HD007 No active cluster', 'a person is told the same');
select matches(tap.refused('tap_support', 'select console.act(''assign_cluster'', ''orphan1'', ''{}'', null, false, ''by hand'')'), '^HD007 The owner of the team has no seat', 'in the words that fit');
select is(pg_temp.alerts(1), '00000000-0000-4000-8000-0000000000c1 1 north, clusters 3, owners 1', 'it is an alert');

-- A seat becomes free: the first in line gets it.
select is(tap.acts('tap_admin', 'edit_cluster', '00000000-0000-4000-8000-0000000000c2', '{"max_users": 2}') ? 'audit_id', true, 'a limit is raised');
select is(pg_temp.look(), '1 0 0 0', 'one is placed');
select is(pg_temp.seat('late1'), 'south system', 'the first');
select is(tap.acts('tap_support', 'unassign_cluster', 'new1', '{}') ? 'audit_id', true, 'somebody leaves');
select is(pg_temp.look(), '1 0 0 0', 'one more is placed');
select is(pg_temp.seat('late2'), 'south system', 'the second');
select is(pg_temp.asks('new1'), 'false', 'whoever had their seat taken away is not given another');
select is(pg_temp.alerts(2), '00000000-0000-4000-8000-0000000000c1 1 north, clusters 1, owners 1', 'the alert counts those who are left');
update public.users set status = 'suspended' where id = 'late3';
update public.users set status = 'deleted', deleted_at = now() where id = 'orphan1';
select is(pg_temp.look(), '0 1 0 1', 'whoever is suspended or gone is told apart');
select is(pg_temp.request('late3') || ', ' || pg_temp.request('orphan1'), 'waiting suspended, withdrawn deleted', 'each by its reason');
select is(tap.acts('tap_support', 'assign_cluster', 'member2', '{"cluster_id": "00000000-0000-4000-8000-0000000000c1", "beyond_limit": true}') ? 'audit_id', true, 'staff place one by hand');
select is(pg_temp.look(), '0 0 0 1', 'who waits no longer');
select is(pg_temp.request('member2'), 'withdrawn has_seat north', 'since they have one');
select is(pg_temp.alerts(3), '', 'nobody waits in vain: the alert is over');
update public.users set status = 'active', deleted_at = null where id in ('late3', 'orphan1');
select is(pg_temp.asks('orphan1'), 'true', 'whoever comes back waits again');
select is(pg_temp.look(), '0 2 0 0', 'at the end of the line');
update public.hopsworks_clusters set max_users = 3 where name = 'south';
select is(pg_temp.look(), '1 0 0 0', 'and the line goes on');
select is(pg_temp.seat('late3'), 'south system', 'with whoever waited longest');
select is((select bool_and(k.current_users = (select count(distinct a.user_id) from public.user_hopsworks_assignments as a where a.hopsworks_cluster_id = k.id))
  from public.hopsworks_clusters as k), true, 'no count has drifted');

-- Clusters that take nobody.
update public.hopsworks_clusters set max_users = 100;
select is(pg_temp.next() ->> 'cluster_name', 'south', 'room again');
update public.hopsworks_clusters set api_key = '  ' where name = 'south';
select is(pg_temp.verdicts(pg_temp.next()), 'north chosen, south no_key', 'not where no user can be made');
update public.hopsworks_clusters set api_key = 'key', status = 'maintenance' where name = 'south';
select is(pg_temp.verdicts(pg_temp.next()), 'north chosen, south not_active', 'nor where it is closed');
update public.hopsworks_clusters set status = 'active' where name = 'south';
select matches(tap.told('tap_admin', 'select console.set_effect(''assignment'', ''00000000-0000-4000-8000-0000000000c2'', ''shadow'', ''not yet'')::text'), 'audit_id', 'a cluster is in shadow');
select is(pg_temp.verdicts(pg_temp.next()), 'north chosen, south in_shadow', 'and gets nobody while another is live');
select matches(tap.told('tap_admin', 'select console.set_effect(''assignment'', ''00000000-0000-4000-8000-0000000000c2'', ''off'', ''not at all'')::text'), 'audit_id', 'it is switched off');
select is(pg_temp.verdicts(pg_temp.next()), 'north chosen, south switched_off', 'nor then');
select is(pg_temp.next('orphan1') ->> 'why', 'owner_no_seat', 'whoever has an owner without a seat has none to go to');
delete from console.effect_switches where cluster_id <> '';
alter table public.hopsworks_clusters alter column max_users drop not null;
update public.hopsworks_clusters set max_users = null where name = 'south';
select is(pg_temp.next() ->> 'cluster_name', 'north', 'one without a limit comes last');
update public.hopsworks_clusters set max_users = 0 where name = 'north';
select is(pg_temp.verdicts(pg_temp.next()), 'north full, south chosen', 'and never ends');
update public.hopsworks_clusters set max_users = 100, current_users = 0;

-- With the first payment only.
select is(tap.told('tap_support', 'select console.set_assignment_rule(''payment'', ''they pay first'')::text'), '[42501]', 'support does not say when a seat is due');
select is(tap.told('tap_admin', 'select console.set_assignment_rule(''payday'', ''they pay first'')::text'), '[HD005]', 'there are two ways');
select matches(tap.told('tap_admin', 'select console.set_assignment_rule(''payment'', ''they pay first'')::text'), 'audit_id', 'an admin does, on record');
select is(pg_temp.register('poor', 1), 'true', 'one registers');
select is(pg_temp.register('poor', 2), 'true', 'and another');
select is(pg_temp.look(), 'nothing', 'they wait');
select is(pg_temp.request('poor1'), 'waiting no_payment', 'for their payment');
select is(pg_temp.alerts(4), 'owners 1', 'which is no alarm');
update public.users set stripe_customer_id = 'cus_' || id where id like 'poor%';
insert into console.stripe_subscriptions (id, customer_id, status, collection_method, livemode, as_of, rank, event_id) values
('sub_1', 'cus_poor1', 'trialing', 'charge_automatically', true, now(), 0, 'evt_1'), ('sub_2', 'cus_poor2', 'active', 'send_invoice', true, now(), 0, 'evt_2');
select is(console.stripe_paid('poor1', '{"subscription": "trialing"}') ->> 'seat', null, 'a trial is no payment');
select is(console.stripe_paid('poor2', '{"subscription": "active"}') ->> 'seat', null, 'nor is an invoice that was sent');
insert into console.stripe_invoices (id, customer_id, status, amount_paid, livemode, as_of, rank, event_id) values
('in_1', 'cus_poor2', 'open', 0, true, now(), 0, 'evt_3');
select is(console.stripe_paid('poor2', '{}') ->> 'seat', null, 'nor one that is open');
-- Play money, wherever it is kept, pays nothing.
update public.users set stripe_test_customer_id = 'cus_play' where id = 'poor2';
insert into console.stripe_subscriptions (id, customer_id, status, collection_method, livemode, as_of, rank, event_id)
values ('sub_play', 'cus_play', 'active', 'charge_automatically', false, now(), 0, 'evt_p');
insert into console.stripe_invoices (id, customer_id, status, amount_paid, livemode, as_of, rank, event_id) values ('in_play', 'cus_poor2', 'paid', 9, false, now(), 0, 'evt_p');
insert into console.stripe_payments (id, customer_id, status, amount, livemode, as_of, rank, event_id) values ('ch_play', 'cus_play', 'succeeded', 5, false, now(), 0, 'evt_p');
insert into console.stripe_checkouts (id, customer_id, livemode, as_of, rank, event_id) values ('cs_play', 'cus_play', false, now(), 0, 'evt_p');
insert into console.stripe_purchases (checkout_id, account_id, amount, mode) values ('cs_play', 'poor2', 5, 'shadow');
select is(console.has_paid('poor2'), false, 'what is paid in Stripe''s other mode is no payment');
update console.stripe_mode set livemode = false;
select is(console.has_paid('poor2'), true, 'unless this service works in that');
update console.stripe_mode set livemode = true;
update console.stripe_subscriptions set status = 'active' where id = 'sub_1';
select is(console.stripe_paid('poor1', '{"would": {}}') ->> 'seat', 'requested', 'what Stripe says counts, also where nothing of it was written');
select is(console.stripe_paid('poor1', '{}') ->> 'seat', null, 'the second is not the first');
select is(pg_temp.look(), '1 0 0 0', 'that brings the seat');
select is(pg_temp.seat('poor1') is not null and pg_temp.seat('poor2') is null, true, 'of those who paid');
update console.stripe_invoices set status = 'paid', amount_paid = 9 where id = 'in_1';
select is(console.stripe_paid('poor2', '{}') ->> 'seat', 'requested', 'an invoice that is paid is a payment');
select is(pg_temp.look(), '1 0 0 0', 'whoever paid it has a seat');
-- Paid before the console had heard of them, or while nobody was placed.
insert into public.users (id, email, stripe_customer_id) values ('early', 'early@r.example', 'cus_early');
insert into console.stripe_payments (id, customer_id, status, amount, livemode, as_of, rank, event_id) values ('ch_1', 'cus_early', 'succeeded', 5, true, now(), 0, 'evt_4');
select is(pg_temp.asks('early', 'sign_in'), 'true', 'somebody comes who has paid already');
select is(pg_temp.register('free', 1), 'true', 'one who has not');
select is(pg_temp.register('mate', 1, 'o|ann'), 'true', 'and a member of a team');
select is(pg_temp.look(), '2 0 0 0', 'a member need not pay');
select is(pg_temp.request('free1') || ', ' || split_part(pg_temp.request('early'), ' ', 1) || ', ' || pg_temp.request('mate1'),
  'waiting no_payment, placed, placed owners_cluster north', 'each as it is');
select matches(tap.told('tap_admin', 'select console.set_assignment_rule(''registration'', ''on second thoughts'')::text'), 'audit_id', 'an admin changes it back');
select is(pg_temp.look(), '1 0 0 0', 'and the rest follow');

-- In shadow.
update public.users set status = 'suspended' where id = 'orphan1';
select is(pg_temp.register('before', 1), 'true', 'one registers while seats are given');
create function pg_temp.switch(mode text) returns text language sql as $$
  select tap.told('tap_admin', format('select console.set_effect(''assignment'', null, %L, ''let us see'') ->> ''mode''', mode))
$$;
select is(pg_temp.switch('shadow'), 'shadow', 'assignment is in shadow');
select is(pg_temp.register('shade', 1), 'true', 'one registers');
create temporary table nowhere as select count(*) as n from public.user_hopsworks_assignments;
create temporary table taken as select c ->> 'name' as name, (c ->> 'taken')::int as n from jsonb_array_elements(pg_temp.next('shade1') -> 'clusters') as c;
insert into public.user_hopsworks_assignments (user_id, hopsworks_cluster_id, assigned_at) select 'shade1', id, now() from public.hopsworks_clusters where name = 'north';
select is((select string_agg(c ->> 'name', '' order by c ->> 'name') from jsonb_array_elements(pg_temp.next('shade1') -> 'clusters') as c join taken as t on t.name = c ->> 'name' and t.n = (c ->> 'taken')::int), 'northsouth', 'their own seat fills no cluster for them');
select is(pg_temp.register('shade', 2), 'true', 'another');
select is(pg_temp.register('shade', 3), 'true', 'and one');
update public.users set status = 'suspended' where id = 'shade3';
select is(pg_temp.look(), '0 1 2 0', 'what would have been done is worked out, as it would have been');
select matches(pg_temp.request('shade1'), '^shadow least_filled (north|south)$', 'and kept');
select is(pg_temp.request('shade3'), 'waiting suspended', 'whoever would wait does');
select is(pg_temp.request('before1'), 'waiting', 'and whoever waited before does');
select is((select count(*) from public.user_hopsworks_assignments), (select n + 1 from nowhere), 'and nothing is written');
select is(pg_temp.alerts(5), '', 'and nobody is alarmed about it');
select is(console.seats_counted('shadow') = console.seats_counted(null), false, 'what was chosen counts for the next');
select is(pg_temp.switch('live'), 'live', 'seats are given again');
select is(pg_temp.look(), '1 1 0 0', 'to whoever waited');
select matches(pg_temp.request('before1'), '^placed ', 'before');
select is(pg_temp.asks('shade2'), 'false', 'whoever asked in shadow is not placed because the news comes again');
select is(pg_temp.asks('shade2', 'payment'), 'true', 'but because they pay');
select is(pg_temp.asks('shade3', 'team'), 'true', 'or join a team, also where they waited');
update public.users set status = 'active' where id = 'shade3';
select is(pg_temp.look(), '2 0 0 0', 'they are placed');
-- One cluster in shadow: its teams are placed there by another program.
insert into console.effect_switches (effect, cluster_id, mode) values ('assignment', '00000000-0000-4000-8000-0000000000c1', 'shadow');
select is(pg_temp.register('theirs', 1, 'o|ann'), 'true', 'a member of a team on a cluster in shadow');
select is(pg_temp.look(), '0 0 1 0', 'is not placed');
select is(pg_temp.request('theirs1'), 'shadow owners_cluster north', 'it is worked out');
select is(pg_temp.alerts(6), '', 'and no alarm');
delete from console.effect_switches where cluster_id <> '';
insert into console.effect_switches (effect, cluster_id, mode) values ('hopsworks_user', '00000000-0000-4000-8000-0000000000c1', 'shadow');
select is(pg_temp.verdicts(pg_temp.next()), 'north no_hopsworks_user, south chosen', 'no seat without a user of Hopsworks');
delete from console.effect_switches where cluster_id <> '';

-- Whom nobody may place.
select is(pg_temp.register('team', 1, 'o|ann'), 'true', 'a member registers');
select is(pg_temp.register('bad', 1), 'true', 'and somebody else');
update public.users set status = 'suspended' where id = 'o|ann';
select is(tap.acts('tap_support', 'delete_user', 'bad1') ? 'audit_id', true, 'who is deleted');
select is(pg_temp.look(), '0 1 0 1', 'neither has a seat');
select is(pg_temp.request('team1') || ', ' || pg_temp.request('bad1'), 'waiting owner_suspended north, withdrawn deleted', 'each by its reason');
update public.users set status = 'active' where id = 'o|ann';
select is(tap.acts('tap_support', 'restore_user', 'bad1') ? 'audit_id', true, 'and restored');
select is(pg_temp.look(), '2 0 0 0', 'both have');
select is(pg_temp.register('id|shut', 1), 'true', 'somebody');
insert into console.holds (user_id, hold, with_account, audit_id) select 'id|shut1', 'blocked', 'id|shut1', max(id) from console.audit;
select is(pg_temp.look(), '0 1 0 0', 'whoever is blocked at Auth0 gets no seat');
select is(pg_temp.request('id|shut1'), 'waiting blocked', 'while they are');
delete from console.holds where user_id = 'id|shut1';
select is(pg_temp.look(), '1 0 0 0', 'and no longer');

-- A stranger's invitation holds up nobody for more than a day, and one that cannot be taken up nobody at all.
insert into public.team_invites (account_owner_id, email, token, expires_at) values
('o|ann', 'slow1@r.example', repeat('u', 40), now() + interval '9 days'), ('o|ann', 'boss1@r.example', repeat('v', 40), now() + interval '9 days');
select is(pg_temp.register('slow', 1), 'true', 'one is invited');
select is(pg_temp.register('boss', 1), 'true', 'one has a team of their own');
insert into public.users (id, email, account_owner_id) values ('hand', 'hand@r.example', 'boss1');
select is(pg_temp.look(), '1 1 0 0', 'who is placed');
update console.seat_requests set requested_at = now() - interval '25 hours' where user_id = 'slow1';
select is(pg_temp.look(), '1 0 0 0', 'the other a day later');

-- What staff took away is not given again, whoever had given it.
insert into public.users (id, email, stripe_customer_id) values ('old', 'old@r.example', 'cus_old');
insert into public.user_hopsworks_assignments (user_id, hopsworks_cluster_id, assigned_at) select 'old', id, now() - interval '1 year' from public.hopsworks_clusters where name = 'north';
select is(tap.acts('tap_support', 'unassign_cluster', 'old', '{}') ? 'audit_id', true, 'staff take a seat away');
insert into console.stripe_payments (id, customer_id, status, amount, livemode, as_of, rank, event_id) values ('ch_2', 'cus_old', 'succeeded', 5, true, now(), 0, 'evt_5');
select is(console.stripe_paid('old', '{}') ->> 'seat', null, 'the next payment does not bring it back');
select is(pg_temp.request('old'), 'withdrawn taken_away', 'and it is said why');
select is(pg_temp.look(), 'nothing', 'nobody is placed');

-- Nothing is counted where nothing has changed.
update public.hopsworks_clusters set max_users = 0;
select is(pg_temp.register('crowd', 1), 'true', 'one waits');
select is(pg_temp.look(), '0 1 0 0', 'in vain');
create temporary table counted as select counted_at from console.seat_looks;
select is(tap.told('tap_receiver', 'select console.place_waiting(20)::text'), null, 'a second later nothing is new');
select is((select counted_at from console.seat_looks), (select counted_at from counted), 'and nobody counts');
update public.hopsworks_clusters set max_users = 100 where name = 'north';
select is(tap.told('tap_receiver', 'select console.place_waiting(20) ->> ''placed'''), '1', 'a limit that is raised is seen at once');
update public.hopsworks_clusters set max_users = 100;
-- Nobody looks.
select is(pg_temp.register('crowd', 2), 'true', 'one waits');
update console.seat_requests set due_at = now() - interval '3 minutes' where user_id = 'crowd2';
select is(pg_temp.alerts(7), 'unattended 1', 'and for minutes nobody looks: that is an alarm');
select is(pg_temp.look(), '1 0 0 0', 'somebody does');
-- The database cannot.
update console.attached_functions set generated = false, reason = 'no such table' where function_name = 'insert_cluster_assignments';
select is(tap.told('tap_admin', 'select console.set_effect(''assignment'', null, ''live'', ''let us see'') ->> ''mode'''), '[HD008]', 'where no seat can be written, giving them is not switched on');
select is(pg_temp.register('crowd', 3), 'true', 'one waits all the same');
select is(pg_temp.look(), 'nothing', 'nothing is done');
update console.seat_requests set due_at = now() - interval '3 minutes' where user_id = 'crowd3';
select is(pg_temp.alerts(8), 'database 1', 'and that is an alarm');
update console.attached_functions set generated = true, reason = null where function_name = 'insert_cluster_assignments';
select is(pg_temp.look(), '1 0 0 0', 'until it can');
select matches(tap.told('tap_admin', 'select console.set_effect(''assignment'', null, ''off'', ''enough'')::text'), 'audit_id', 'it is off');
select is(pg_temp.register('off', 1), 'false', 'then nobody waits');
select is(pg_temp.look(), 'nothing', 'and nobody is placed');
select is(pg_temp.next() ->> 'mode', 'off', 'but where they would go is told');

-- What the service's own tables refuse is no seat, and is tried again later.
update console.effect_switches set mode = 'live' where effect = 'assignment';
create function pg_temp.no() returns trigger language plpgsql as $$
begin
  if new.user_id like 'barred%' then
    if tg_name = 'no' then
      raise exception 'no' using errcode = case new.user_id when 'barred1' then 'P0001' when 'barred2' then '42501' else 'PT403' end;
    end if;
    insert into no_such_table values (1);
  end if;
  return new;
end
$$;
create trigger no before insert on public.user_hopsworks_assignments for each row when (new.user_id <> 'barred4') execute function pg_temp.no();
create constraint trigger late after insert on public.user_hopsworks_assignments deferrable initially deferred for each row execute function pg_temp.no();
select pg_temp.register('barred', n) from generate_series(1, 4) as n;
select is(pg_temp.register('behind', 1), 'true', 'somebody comes after them');
select is(pg_temp.look(), '1 4 0 0', 'whom the service''s own rules refuse holds up nobody');
select matches(pg_temp.request('behind1'), '^placed ', 'behind them');
select is((select string_agg(user_id || ' ' || why || ' ' || (choice ->> 'sqlstate'), ', ' order by user_id) from console.seat_requests where user_id like 'barred%'),
  'barred1 refused P0001, barred2 refused 42501, barred3 refused PT403, barred4 refused 42P01', 'whatever the rule says, and whenever it is heard');
select is(pg_temp.alerts(9) ~ 'refused 4', true, 'as an alert');
select is(pg_temp.look(), 'nothing', 'and not tried all the time');
drop trigger no on public.user_hopsworks_assignments;
drop trigger late on public.user_hopsworks_assignments;
update console.seat_requests set next_at = now() where user_id = 'barred1';
select is(pg_temp.look(), '1 0 0 0', 'but again');

select * from finish();
rollback;
