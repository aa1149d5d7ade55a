-- Every action: what it changes, what it cascades to, what it sends, how it is taken back.
begin;
set local search_path = public, extensions, tap;
select * from no_plan();
select tap.hire();
select tap.a_service();

create temporary table done (name text primary key, answer jsonb);
create function pg_temp.act(
  name text, login name, action text, subject text, arguments jsonb default '{}', dry boolean default false, expected text default null
) returns text language plpgsql as $$
declare
  answer jsonb := tap.acts(login, action, subject, arguments, dry, expected);
begin
  insert into done values (name, answer) on conflict on constraint done_pkey do update set answer = excluded.answer;
  return case when jsonb_typeof(answer) = 'string' then answer #>> '{}' else 'done' end;
end
$$;
create function pg_temp.undo(name text, login name, dry boolean default false) returns text language plpgsql as $$
declare
  answer text := tap.told(login, format('select console.undo(%s, ''taken back'', %L)', (select d.answer ->> 'audit_id' from done as d where d.name = undo.name), dry));
begin
  if answer ~ '^\[[0-9A-Z]{5}\]$' then
    return answer;
  end if;
  insert into done values ('undo ' || name, answer::jsonb) on conflict on constraint done_pkey do update set answer = excluded.answer;
  return 'done';
end
$$;
create function pg_temp.part(name text, path text) returns text language sql as $$
  select jsonb_path_query_array(d.answer, path::jsonpath)::text from done as d where d.name = part.name
$$;
create function pg_temp.status(people text) returns text language sql as $$
  select string_agg(u.status, ' ' order by u.id) from public.users as u where u.id = any (string_to_array(people, ' '))
$$;

-- Suspending a team.
select is(pg_temp.act('look', 'tap_support', 'suspend_account', 'o|ann', dry => true), 'done', 'a dry run shows');
select is(pg_temp.status('o|ann m|bea m|cid'), 'active suspended active', 'a dry run changes nothing');
select is((select count(*)::int from console.outbox), 0, 'and sends nothing');
select is(pg_temp.part('look', '$.audit_id'), '[null]', 'and is no entry');
select is(pg_temp.act('suspend', 'tap_support', 'suspend_account', 'o|ann', expected => (select answer ->> 'version' from done where name = 'look')),
  'done', 'the version a dry run showed is the one to act on');
select is(pg_temp.status('o|ann m|bea m|cid'), 'suspended suspended suspended', 'the team is suspended');
select is(pg_temp.part('suspend', '$.changes[*] ? (@.column == "status").id'), '["o|ann", "m|bea"]', 'whoever was suspended before is not touched');
select is(pg_temp.part('suspend', '$.cascade[*].label'), '["Bea"]', 'the cascade says who');
select is(pg_temp.part('suspend', '$.effects[*].state'), '["pending", "pending"]', 'Hopsworks is to be told of both');
select is((select string_agg(payload ->> 'status' || ' ' || (payload ->> 'hopsworks_user_id'), ', ' order by id) from console.outbox), '3 12, 3 11', 'with the status and the number there');
select is(
  (select answer - array['audit_id', 'effects', 'dry_run'] from done where name = 'suspend'),
  (select answer - array['audit_id', 'effects', 'dry_run'] from done where name = 'look'),
  'what the dry run showed is what was done'
);
select is(pg_temp.act('again', 'tap_support', 'suspend_account', 'o|ann'), '[HD007]', 'nobody is suspended twice');
select is(pg_temp.act('one', 'tap_support', 'reactivate_account', 'm|bea'), '[HD007]', 'no member is reactivated under a suspended owner');
select is(pg_temp.undo('suspend', 'tap_admin', true), 'done', 'an undo can be tried dry');
select is(pg_temp.undo('suspend', 'tap_admin'), 'done', 'it is taken back');
select is(pg_temp.status('o|ann m|bea m|cid'), 'active suspended active', 'those suspended with the account are back, and nobody else');
select is(pg_temp.undo('suspend', 'tap_admin'), '[HD007]', 'once');
select is((select count(*)::int from console.holds where lifted_by is null), 0, 'no hold is left');
select matches(pg_temp.part('undo suspend', '$.warnings'), 'stay suspended', 'and it says that somebody stays suspended');

-- The world moves on.
select is(pg_temp.act('suspend dan', 'tap_support', 'suspend_account', 'o|dan'), 'done', 'a single account is suspended');
update public.users set status = 'active' where id = 'o|dan';
select is(pg_temp.undo('suspend dan', 'tap_support'), '[HD004]', 'what somebody else changed is not taken back over');
select matches(tap.refused('tap_support', format('select console.undo(%s, ''why not'')', (select answer ->> 'audit_id' from done where name = 'suspend dan'))),
  '^HD004 The world has moved on: status of Dan .*"now": "active"', 'and it says what moved');

-- Stale.
create temporary table version as select tap.told('tap_finance', 'select console.actions_for(''user'', ''o|dan'') ->> ''version''') as seen;
update public.users set name = 'Daniel', billing_mode = 'free' where id = 'o|dan';
select matches(
  tap.refused('tap_support', format('select console.act(''suspend_account'', ''o|dan'', ''{}'', %L, false, ''late'')', (select seen from version))),
  '^HD004 This has changed since you looked: billing mode, name.*"changed": \[\{"now": "free", "column": "billing_mode"\}, \{"now": "Daniel"', 'acting on stale data says what changed'
);
select is(pg_temp.act('junk', 'tap_support', 'suspend_account', 'o|dan', expected => 'nonsense'), '[HD004]', 'a version nobody gave is stale');

-- Delete and restore.
select is(pg_temp.act('delete owner', 'tap_support', 'delete_user', 'o|ann'), '[HD007]', 'who pays for others is not deleted');
select is(pg_temp.act('delete', 'tap_support', 'delete_user', 'm|bea'), 'done', 'a user is deleted');
select is((select deleted_at is not null and deletion_reason = 'for a test' from public.users where id = 'm|bea'), true, 'when and why is in the row');
select is(pg_temp.part('delete', '$.effects[*].system'), '["hopsworks", "auth0"]', 'Hopsworks and Auth0 are told');
select is(pg_temp.undo('delete', 'tap_support'), 'done', 'and restored');
select is((select status || coalesce(deleted_at::text, '') || coalesce(deletion_reason, '') from public.users where id = 'm|bea'), 'active', 'as before');

-- Signing in at Auth0, apart from the account.
create function pg_temp.sent(person text) returns text language sql as $$
  select string_agg(o.kind || coalesce(' ' || (o.payload ->> 'blocked'), '') || ' ' || o.state, ', ' order by o.id)
  from console.outbox as o where o.subject = sent.person and o.system = 'auth0'
$$;
create function pg_temp.is_blocked(person text) returns boolean language sql as $$
  select exists (select from console.holds as h where h.user_id = person and h.hold = 'blocked' and h.lifted_by is null)
$$;
delete from console.outbox where system = 'auth0';
select is(pg_temp.act('look at block', 'tap_support', 'block_user', 'o|ann', dry => true), 'done', 'blocking can be tried dry');
select is(pg_temp.sent('o|ann') is null and not pg_temp.is_blocked('o|ann'), true, 'which sends nothing and blocks nobody');
select is(pg_temp.act('block', 'tap_support', 'block_user', 'o|ann', expected => (select answer ->> 'version' from done where name = 'look at block')), 'done', 'somebody is blocked');
select is(pg_temp.sent('o|ann'), 'set_blocked true pending', 'Auth0 is to be told');
select is(pg_temp.status('o|ann m|bea'), 'active active', 'and nothing else changes: no status, no member');
select is(pg_temp.part('block', '$.changes[*]'), '[{"id": "o|ann", "after": true, "label": "Ann", "table": "auth0", "before": false, "column": "blocked"}]', 'the answer says what changes where');
select is(
  (select answer - array['audit_id', 'effects', 'dry_run'] from done where name = 'block'),
  (select answer - array['audit_id', 'effects', 'dry_run'] from done where name = 'look at block'), 'as the dry run said'
);
select is(pg_temp.act('stale block', 'tap_admin', 'suspend_account', 'o|ann', expected => (select answer ->> 'version' from done where name = 'look at block')), '[HD004]', 'whoever looked before the block has not seen it');
select is(pg_temp.undo('block', 'tap_admin', true), 'done', 'a block can be taken back, dry');
select is(pg_temp.act('block again', 'tap_admin', 'block_user', 'o|ann'), 'done', 'somebody blocks for a reason of their own');
select is(pg_temp.undo('block', 'tap_admin'), '[HD004]', 'whose block is not taken back with the first');
select is(pg_temp.undo('block again', 'tap_support'), 'done', 'theirs is taken back');
select is(pg_temp.is_blocked('o|ann'), false, 'and nobody is blocked');
select is(pg_temp.sent('o|ann'), 'set_blocked true pending, set_blocked true pending, set_blocked false pending', 'Auth0 is told each time, in this order');
select is(pg_temp.undo('block', 'tap_support'), '[HD004]', 'a block that is over is not taken back');
select is(pg_temp.undo('undo block again', 'tap_support'), 'done', 'an unblocking is taken back, too');
select is(pg_temp.undo('undo block again', 'tap_support'), '[HD007]', 'once');
select is(pg_temp.act('delete blocked', 'tap_support', 'delete_user', 'o|dan'), 'done', 'deleting blocks');
select is(pg_temp.sent('o|dan'), 'set_blocked true pending', 'of its own');
select is(pg_temp.act('unblock deleted', 'tap_support', 'unblock_user', 'o|dan'), '[HD007]', 'who is deleted is not let in by the back door');
select is(pg_temp.act('verify deleted', 'tap_support', 'resend_verification', 'o|dan'), '[HD007]', 'nor written to');
select is(pg_temp.act('block deleted', 'tap_support', 'block_user', 'o|dan'), 'done', 'but is blocked for another reason');
select is(pg_temp.act('restore blocked', 'tap_support', 'restore_user', 'o|dan'), 'done', 'so that, restored,');
select matches(pg_temp.part('restore blocked', '$.warnings'), 'Stays blocked at Auth0', 'they stay blocked');
select is(pg_temp.sent('o|dan'), 'set_blocked true pending, set_blocked true pending', 'and Auth0 is not told otherwise');
select is(pg_temp.act('unblock', 'tap_support', 'unblock_user', 'o|dan'), 'done', 'until that is lifted');
select is(pg_temp.act('unblock nobody', 'tap_support', 'unblock_user', 'm|cid'), 'done', 'whom Auth0''s dashboard blocked is unblocked as well: only Auth0 knows');
select matches(pg_temp.part('unblock nobody', '$.warnings'), 'Stays suspended', 'and stays suspended');
select is(pg_temp.act('verify', 'tap_support', 'resend_verification', 'o|ann'), 'done', 'a verification is sent again');
select is(pg_temp.part('verify', '$.effects[*].kind') || coalesce((select answer ->> 'inverse' from done where name = 'verify'), ''), '["send_verification"]', 'which nobody takes back');
insert into public.users (id, email, name) values ('7a6f1f0e-0000-4000-8000-000000000001', 'sup@t.example', 'Sup');
select is(pg_temp.act('no auth0', 'tap_support', 'block_user', '7a6f1f0e-0000-4000-8000-000000000001'), '[HD007]', 'who did not come through Auth0 cannot be blocked there');
update console.effect_switches set mode = 'shadow' where effect = 'auth0';
select is(pg_temp.act('shadow block', 'tap_support', 'block_user', 'm|bea'), 'done', 'in shadow');
select is(pg_temp.sent('m|bea'), 'set_blocked true shadow', 'it is written down and not sent');
update console.effect_switches set mode = 'live' where effect = 'auth0';
select is(pg_temp.undo('shadow block', 'tap_support'), 'done', 'and taken back');
select is(pg_temp.act('finance', 'tap_finance', 'block_user', 'o|ann'), '[HD003]', 'finance blocks nobody');

-- Plan, cap, flags, the service's admin flag.
select is(pg_temp.act('plan', 'tap_finance', 'change_plan', 'o|ann', '{"plan": "postpaid"}'), 'done', 'finance changes a plan');
select is(pg_temp.part('plan', '$.effects[*].kind'), '["raise_projects", "change_plan"]', 'and it is more than a column');
select is(pg_temp.act('same plan', 'tap_finance', 'change_plan', 'o|ann', '{"plan": "postpaid"}'), '[HD007]', 'the same plan is no change');
select is(pg_temp.act('member plan', 'tap_finance', 'change_plan', 'm|bea', '{"plan": "prepaid"}'), '[HD007]', 'members have no plan');
select is(pg_temp.undo('plan', 'tap_support'), 'done', 'a plan is taken back');
select is((select billing_mode from public.users where id = 'o|ann'), 'prepaid', 'to what it was');
select is(pg_temp.act('first plan', 'tap_support', 'change_plan', 'o|dan', '{"plan": "none"}'), 'done', 'to no plan');
select is(pg_temp.act('cap', 'tap_support', 'set_spending_cap', 'o|ann', '{"cap": "250.5"}'), 'done', 'a cap is set');
select is((select spending_cap from public.users where id = 'o|ann'), 250.5, 'exactly');
select is(pg_temp.act('cap off', 'tap_support', 'set_spending_cap', 'o|ann', '{"cap": null}'), 'done', 'a cap is lifted');
select is(pg_temp.undo('cap', 'tap_support'), '[HD004]', 'an older change is not taken back over a newer one');
select is(pg_temp.undo('cap off', 'tap_support'), 'done', 'the newest is');
select is((select spending_cap from public.users where id = 'o|ann'), 250.5, 'and the cap is back');
select is(pg_temp.act('flags', 'tap_support', 'edit_feature_flags', 'o|ann', '{"flags": {"beta": true, "limit": 3}}'), 'done', 'flags are set');
select is(pg_temp.act('flag off', 'tap_support', 'edit_feature_flags', 'o|ann', '{"flags": {"beta": null}}'), 'done', 'one is removed');
select is((select feature_flags from public.users where id = 'o|ann'), '{"limit": 3}', 'the others stay');
select is(pg_temp.undo('flag off', 'tap_support'), 'done', 'and comes back');
select is((select feature_flags from public.users where id = 'o|ann'), '{"beta": true, "limit": 3}', 'with its setting');
select is(pg_temp.act('admin', 'tap_admin', 'set_admin', 'o|ann'), 'done', 'an admin sets is_admin');
select is(pg_temp.undo('admin', 'tap_admin'), 'done', 'and clears it');
select is((select is_admin from public.users where id = 'o|ann'), false, 'so it is');

-- Credits.
select is(pg_temp.act('grant', 'tap_support', 'grant_credits', 'o|ann', '{"amount": "25.005"}'), 'done', 'credits are granted');
select is((select free_credits_granted from public.user_credits where user_id = 'o|ann'), 35.005, 'user_credits follows');
select results_eq(
  $$ select type, amount, balance_before, balance_after from public.credit_transactions where user_id = 'o|ann' $$,
  $$ values ('grant', 25.005, 60::numeric, 85.005) $$, 'credit_transactions says so'
);
select is(pg_temp.undo('grant', 'tap_support'), 'done', 'a grant is taken back');
select is((select free_credits_granted from public.user_credits where user_id = 'o|ann'), 10::numeric, 'wholly');
select is(pg_temp.undo('grant', 'tap_support'), '[HD007]', 'once');
select is((select sum(amount) from console.ledger_entries where account_id = 'o|ann'), 0::numeric, 'the ledger adds up');
select is(pg_temp.act('grant spent', 'tap_support', 'grant_credits', 'o|ann', '{"amount": "5"}'), 'done', 'another');
update public.user_credits set free_credits_used = 13 where user_id = 'o|ann';
select is(pg_temp.undo('grant spent', 'tap_support'), '[HD007]', 'what was spent since is not taken back');
select is(pg_temp.act('adjust', 'tap_finance', 'adjust_credits', 'o|ann', '{"amount": "-70"}'), 'done', 'finance adjusts, and may overdraw');
select is((select total_used from public.user_credits where user_id = 'o|ann'), 110::numeric, 'as used');
select is(pg_temp.undo('adjust', 'tap_support'), '[HD003]', 'support does not take back what it may not do');
select is(pg_temp.undo('adjust', 'tap_finance'), 'done', 'finance does');
select is(pg_temp.act('refund', 'tap_finance', 'refund_credits', 'o|ann', '{"amount": "100.01"}'), '[HD007]', 'no more is refunded than was bought');
select is(pg_temp.act('refund', 'tap_finance', 'refund_credits', 'o|ann', '{"amount": "20"}'), 'done', 'a refund');
select is((select total_purchased from public.user_credits where user_id = 'o|ann'), 80::numeric, 'so much less was bought');
select is(pg_temp.act('new account', 'tap_support', 'grant_credits', 'o|dan', '{"amount": "0.000000000000000001"}'), 'done', 'an account without credits gets its row, to the last digit');
select is((select free_credits_granted from public.user_credits where user_id = 'o|dan'), 0.000000000000000001, 'there it is');
select is(pg_temp.act('member', 'tap_support', 'grant_credits', 'm|bea', '{"amount": "1"}'), '[HD007]', 'members have no credits of their own');

-- Prices.
select is(pg_temp.act('price', 'tap_finance', 'set_price_override', 'o|ann', '{"resource": "cpu_hours", "price": "0.08"}'), 'done', 'a price is promised');
select is((select override_price || ' ' || created_by from public.user_pricing_overrides where user_id = 'o|ann'), '0.08 tap_finance', 'by whom');
select is(pg_temp.act('price 2', 'tap_finance', 'set_price_override', 'o|ann', '{"resource": "cpu_hours", "price": "0.07", "until": "2999-01-01"}'), 'done', 'and changed');
select is(pg_temp.undo('price 2', 'tap_finance'), 'done', 'and changed back');
select is((select override_price || coalesce(valid_until::text, '') from public.user_pricing_overrides where user_id = 'o|ann'), '0.08', 'as it was');
select is(pg_temp.act('past', 'tap_finance', 'set_price_override', 'o|ann', '{"resource": "gpu_hours", "price": "1", "until": "2001-01-01"}'), '[HD005]', 'no price ends in the past');
update public.user_pricing_overrides set valid_from = now() - interval '1 day';
select is(pg_temp.act('end', 'tap_finance', 'end_price_override', 'o|ann', '{"resource": "cpu_hours"}'), 'done', 'it is ended');
select is(pg_temp.act('end 2', 'tap_finance', 'end_price_override', 'o|ann', '{"resource": "cpu_hours"}'), '[HD007]', 'once');
select is(pg_temp.undo('end', 'tap_finance'), 'done', 'and goes on');
select is((select count(*)::int from public.user_pricing_overrides where valid_until is null), 1, 'without an end');

-- Teams.
select is(pg_temp.act('invite', 'tap_support', 'invite_member', 'o|ann', '{"email": " Gus@T.example "}'), 'done', 'somebody is invited');
select is((select email || ' ' || length(token) from public.team_invites where email = 'gus@t.example'), 'gus@t.example 64', 'with a link');
select is((select count(*)::int from console.audit_data as d join public.team_invites as t on position(t.token in d.data::text) > 0), 0, 'that nobody is shown');
select is((select count(*)::int from done as d join public.team_invites as t on position(t.token in d.answer::text) > 0), 0, 'not in the answer either');
select is(pg_temp.act('twice', 'tap_support', 'invite_member', 'o|ann', '{"email": "gus@t.example"}'), '[HD007]', 'one invitation an address');
select is(pg_temp.act('member', 'tap_support', 'invite_member', 'o|ann', '{"email": "BEA@t.example"}'), '[HD007]', 'nobody is invited who is there');
select is(pg_temp.act('odd', 'tap_support', 'invite_member', 'o|ann', '{"email": "no address"}'), '[HD005]', 'an address is one');
-- Within one transaction nothing grows older.
update public.team_invites set created_at = created_at - interval '1 minute';
select is(pg_temp.undo('invite', 'tap_support'), 'done', 'an invitation is taken back');
select is((select expires_at <= now() from public.team_invites where email = 'gus@t.example'), true, 'it has ended');
create temporary table token as select token from public.team_invites where id = '00000000-0000-4000-8000-0000000000e1';
select is(pg_temp.act('renew', 'tap_support', 'resend_invite', '00000000-0000-4000-8000-0000000000e1'), 'done', 'one is renewed');
select is((select expires_at > now() + interval '167 hours' and token <> (select token from token) from public.team_invites where id = '00000000-0000-4000-8000-0000000000e1'), true, 'for a week, with a new link');
select is(pg_temp.act('remove', 'tap_support', 'remove_member', 'm|bea'), 'done', 'a member is removed');
select is((select account_owner_id from public.users where id = 'm|bea'), null, 'and pays alone');
select is(pg_temp.act('join', 'tap_support', 'join_team', 'm|bea', '{"owner_id": "o|dan"}'), '[HD007]', 'nobody is put into a team without an invitation');
select is(pg_temp.undo('remove', 'tap_support'), 'done', 'a removal is taken back');
select is((select account_owner_id from public.users where id = 'm|bea'), 'o|ann', 'into the same team');

-- Seats.
select is(pg_temp.act('seat', 'tap_support', 'assign_cluster', 'o|dan', '{"cluster_id": "00000000-0000-4000-8000-0000000000c2"}'), 'done', 'a person''s choice is obeyed');
select is((select current_users from public.hopsworks_clusters where name = 'south'), 1, 'the service''s count follows');
select is(pg_temp.act('full', 'tap_support', 'assign_cluster', 'o|ann', '{"cluster_id": "00000000-0000-4000-8000-0000000000c2"}'), '[HD007]', 'a full cluster is full');
select is(pg_temp.act('move', 'tap_support', 'assign_cluster', 'o|ann', '{"cluster_id": "00000000-0000-4000-8000-0000000000c2", "beyond_limit": true}'), 'done', 'unless somebody insists');
select is(pg_temp.part('move', '$.effects[*].kind'), '["set_status", "ensure_user"]', 'the old cluster and the new are told');
select is((select string_agg(current_users::text, ' ' order by name) from public.hopsworks_clusters), '1 2', 'both counts are right, whatever they were');
select is((select hopsworks_user_id from public.user_hopsworks_assignments where user_id = 'o|ann'), null, 'the old cluster''s number is forgotten');
select is(pg_temp.undo('move', 'tap_support'), 'done', 'a move is taken back');
select is(pg_temp.undo('seat', 'tap_support'), 'done', 'and a seat');
select is((select count(*)::int from public.user_hopsworks_assignments where user_id = 'o|dan'), 0, 'it is free again');
select is(pg_temp.act('auto', 'tap_support', 'assign_cluster', 'o|dan'), 'done', 'without a choice the least filled is taken');
select is((select k.name || ' ' || a.assigned_by from public.user_hopsworks_assignments as a join public.hopsworks_clusters as k on k.id = a.hopsworks_cluster_id where a.user_id = 'o|dan'),
  'south system', 'with room');
select is(pg_temp.act('auto member', 'tap_support', 'assign_cluster', 'm|cid'), 'done', 'members follow their owner');
select is((select k.name from public.user_hopsworks_assignments as a join public.hopsworks_clusters as k on k.id = a.hopsworks_cluster_id where a.user_id = 'm|cid'), 'north', 'there');

-- Clusters.
select is(pg_temp.act('add', 'tap_admin', 'add_cluster', null, '{"name": "west", "api_url": "https://w.example", "region": "eu", "max_users": 10}'), 'done', 'a cluster is added');
select is((select status || ' ' || coalesce(api_key, 'no key') from public.hopsworks_clusters where name = 'west'), 'maintenance no key', 'closed, without a key');
select is(pg_temp.act('same', 'tap_admin', 'add_cluster', null, '{"name": "West", "api_url": "https://w.example", "max_users": 10}'), '[HD007]', 'names are single');
select is(pg_temp.act('edit', 'tap_admin', 'edit_cluster', '00000000-0000-4000-8000-0000000000c1', '{"max_users": 2}'), 'done', 'a limit is lowered');
select matches(pg_temp.part('edit', '$.warnings'), '3 seats are taken', 'and it says whom that touches');
select is(pg_temp.undo('edit', 'tap_admin'), 'done', 'and raised again');
select is(pg_temp.act('drain', 'tap_admin', 'drain_cluster', '00000000-0000-4000-8000-0000000000c1'), 'done', 'a cluster is drained');
select is(pg_temp.act('retire', 'tap_admin', 'retire_cluster', '00000000-0000-4000-8000-0000000000c1'), '[HD007]', 'nobody''s seat is retired');
select is(pg_temp.undo('drain', 'tap_admin'), 'done', 'it opens again');
select is(pg_temp.undo('add', 'tap_admin'), 'done', 'what was added is retired');
select is((select status from public.hopsworks_clusters where name = 'west'), 'inactive', 'so it is');

-- What customers see beside an entry is text of a reasonable length.
select is(pg_temp.act('long words', 'tap_finance', 'grant_credits', 'o|ann', jsonb_build_object('amount', '1', 'description', repeat('x', 501))), '[HD005]', 'a description has an end');
select is(pg_temp.act('no words', 'tap_finance', 'grant_credits', 'o|ann', '{"amount": "1", "description": 7}'), '[HD005]', 'and is words');

-- Notes, the list, the customer's view.
select is(pg_temp.act('note', 'tap_finance', 'add_note', 'o|ann', '{"kind": "user", "note": "Called; wants an invoice."}'), 'done', 'a note is added');
select is(tap.told('tap_auditor', 'select body from console.notes_of(''account'', ''o|ann'')'), 'Called; wants an invoice.', 'and read by all');
select ok(tap.told('tap_finance', 'select count(*) from console.staff_acts_on(''o|ann'')')::int > 10, 'what staff did to a customer is told');
select is(tap.told('tap_support', 'select string_agg(distinct kind, '' '' order by kind) from console.staff_acts_on(''o|ann'')'), 'note staff_did staff_undid', 'with what was taken back, and notes');
select is(tap.told('tap_auditor', 'select detail from console.staff_acts_on(''o|ann'') where kind = ''note'''), 'Called; wants an invoice.', 'which say what they say');
select ok(tap.told('tap_support', 'select bool_or(action = ''suspend_account'') from console.staff_acts_on(''m|bea'')')::boolean, 'members are told of what was done to their account');
select ok(tap.told('tap_support', 'select bool_or(action = ''resend_invite'') from console.staff_acts_on(''o|ann'')')::boolean, 'owners of what became of their invitations');
select is(tap.told('tap_support', 'select count(*) from console.staff_acts_on(''nobody'')'), '0', 'nobody has none');
select is(tap.told('tap_support', 'select jsonb_array_length(console.view_as(''m|bea'', ''to see'') #> ''{tables,users,rows}'')'), '1', 'a member sees themselves');
select is(tap.told('tap_support', 'select jsonb_array_length(console.view_as(''o|ann'', ''to see'') #> ''{tables,users,rows}'')'), '3', 'an owner the team');
select is(tap.told('tap_support', 'select console.view_as(''o|ann'', ''to see'') #> ''{tables,users,rows,0,registration_ip}'''), null, 'no more than the service grants');
select is(tap.told('tap_support', 'select console.view_as(''m|bea'', ''to see'') #>> ''{tables,users,seen}'''), '1', 'rows are counted');
select is(
  tap.told('tap_support', 'select string_agg(t.key, '' '') from jsonb_each(console.view_as(''m|bea'', ''to see'') -> ''tables'') as t where (t.value ->> ''seen'')::int > (t.value ->> ''there'')::int'),
  null, 'nobody is given more than what is there of them'
);
select is((select count(*)::int from console.audit_entries as e where e.action = 'view_as' and e.label is null), 0, 'each look is on record, with a name');
select is(tap.told('tap_support', 'select console.view_as(''o|ann'', ''no'')'), '[HD005]', 'and wants a reason');
select is(tap.told('tap_support', 'select console.view_as(''nobody'', ''to see'')'), '[HD006]', 'nobody sees nothing');
select is(tap.told('tap_support', 'select coalesce(current_setting(''request.jwt.claims'', true), '''')'), '', 'the token does not stay');
alter table public.instances disable row level security;
select is(tap.told('tap_support', 'select console.view_as(''o|ann'', ''to see'')'), '[HD011]', 'where rows are not protected it is refused');
alter table public.instances enable row level security;
select is(tap.told('tap_support', 'select console.read_as_customer(''{"sub": "o|ann"}'')'), '[42501]', 'staff do not get at the reading itself');

-- Finance sees no address: what checks found may hold one.
insert into public.health_check_failures (user_id, check_type, error_message, details) values ('o|ann', 'hopsworks_user', 'missing', '{"from": "203.0.113.9"}');
select is(tap.told('tap_finance', 'select details from console.health_check_failures limit 1'), '[42501]', 'finance does not see what checks found');
select is(tap.told('tap_finance', 'select error_message from console.health_check_failures limit 1'), 'missing', 'but that they failed');
select is(tap.told('tap_finance', 'select count(*) from console.findings_of(''o|ann'')'), '0', 'nor by way of the function');
select is(tap.told('tap_support', 'select details ->> ''from'' from console.findings_of(''o|ann'')'), '203.0.113.9', 'support does');

-- What may be done is told beforehand, by the same rules.
select is(
  tap.told('tap_finance', 'select string_agg(a ->> ''action'', '' '' order by a ->> ''action'') from jsonb_array_elements(console.actions_for(''user'', ''o|ann'') -> ''actions'') as a where (a ->> ''allowed'')::boolean'),
  'add_note adjust_credits change_plan end_price_override grant_credits refund_credits set_price_override set_spending_cap', 'finance is told what finance may do'
);
select is(tap.told('tap_auditor', 'select bool_or((a ->> ''allowed'')::boolean) from jsonb_array_elements(console.actions_for(''cluster'', ''00000000-0000-4000-8000-0000000000c1'') -> ''actions'') as a'), 'false', 'auditors are told: nothing');
select tap.told('tap_support', 'select console.end_elevation()');
select is(
  tap.told('tap_support', 'select string_agg(distinct coalesce(a ->> ''code'', ''none''), '' '') from jsonb_array_elements(console.actions_for(''invite'', ''00000000-0000-4000-8000-0000000000e1'') -> ''actions'') as a'),
  'not_elevated', 'without elevation it is that which lacks'
);
select is(tap.told('tap_support', 'select console.actions_for(''user'', ''nobody'')'), '[HD006]', 'nobody is nobody');

-- Shadow and off.
select is(tap.told('tap_support', 'select console.set_effect(''hopsworks_status'', null, ''off'', ''no'')'), '[42501]', 'support switches nothing');
select is(tap.told('tap_admin', 'select console.set_effect(''hopsworks_status'', null, ''shadow'', ''trying'') ->> ''before'''), 'live', 'an admin switches');
select is(pg_temp.act('shadowed', 'tap_admin', 'suspend_account', 'o|ann'), 'done', 'an action in shadow');
select is(pg_temp.part('shadowed', '$.effects[*].state'), '["shadow", "shadow"]', 'is computed, not sent');
select matches(pg_temp.part('shadowed', '$.warnings'), 'in shadow', 'and says so');

set constraints all immediate;
select is(tap.told('tap_auditor', 'select console.verify_audit(''staff'') ->> ''ok'''), 'true', 'the chain holds over all of it');
select * from finish();
rollback;
