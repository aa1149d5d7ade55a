-- Actions on people and the accounts that pay: access, plan, cap, flags.

insert into console.actions (name, kind, title, groups, needs, whole_team) values
('suspend_account', 'account', 'Suspend', '{support,admin}', '{write_users:status,lock_users}', true),
('reactivate_account', 'account', 'Reactivate', '{support,admin}', '{write_users:status,lock_users}', true),
('block_user', 'user', 'Block sign-in', '{support,admin}', '{lock_users}', false),
('unblock_user', 'user', 'Unblock sign-in', '{support,admin}', '{lock_users}', false),
('resend_verification', 'user', 'Resend verification e-mail', '{support,admin}', '{lock_users}', false),
('delete_user', 'user', 'Delete', '{support,admin}', '{write_users:status,lock_users}', true),
('restore_user', 'user', 'Restore', '{support,admin}', '{write_users:status,lock_users}', false),
('change_plan', 'account', 'Change plan', '{support,finance,admin}', '{write_users:billing_mode,lock_users}', false),
('set_spending_cap', 'account', 'Set spending cap', '{support,finance,admin}', '{write_users:spending_cap,lock_users}', false),
('edit_feature_flags', 'user', 'Edit feature flags', '{support,admin}', '{write_users:feature_flags,lock_users}', false),
('set_admin', 'user', 'Make admin of the service', '{admin}', '{write_users:is_admin,lock_users}', false),
('clear_admin', 'user', 'Take admin flag away', '{admin}', '{write_users:is_admin,lock_users}', false);

-- Suspending an owner suspends everybody in the team who is not suspended or deleted already; a member
-- alone is suspended alone. Hopsworks status 3 is "deactivated".
create function console.suspend_account(p_subject text, p_arguments jsonb, p_expected text, p_dry_run boolean) returns jsonb
language plpgsql
security definer
set search_path = ''
as $function$
declare
  v_plan jsonb := console.act_begin('suspend_account', p_subject, p_arguments, p_expected, p_dry_run);
  v_person record;
  v_reached text[] := '{}';
begin
  for v_person in
    select u.id, u.status, coalesce(nullif(pg_catalog.btrim(u.name), ''), u.email) as label
    from console.users as u
    where
      u.id = p_subject
      or (u.account_owner_id = p_subject and u.status is distinct from 'suspended' and u.status is distinct from 'deleted')
    order by u.id = p_subject desc, u.id
  loop
    v_plan := console.planned_change(
      v_plan, 'users', v_person.id, 'status', pg_catalog.to_jsonb(v_person.status), '"suspended"', v_person.label
    );
    v_plan := console.planned(v_plan, 'holds', pg_catalog.jsonb_build_object(
      'user_id', v_person.id, 'hold', 'suspended', 'status_before', v_person.status, 'with_account', p_subject
    ));
    if v_person.id <> p_subject then
      v_plan := console.planned(v_plan, 'cascade', pg_catalog.jsonb_build_object(
        'id', v_person.id, 'label', v_person.label, 'change', 'suspended with the account'
      ));
    end if;
    v_reached := v_reached || v_person.id;
  end loop;
  v_plan := console.planned_hopsworks(v_plan, v_reached, 'set_status', 'hopsworks_status', '{"status": 3}');
  v_plan := console.planned_inverse(v_plan, 'reactivate_account');
  return console.act_finish(v_plan);
end
$function$;

create function console.reactivate_account(p_subject text, p_arguments jsonb, p_expected text, p_dry_run boolean) returns jsonb
language plpgsql
security definer
set search_path = ''
as $function$
declare
  v_plan jsonb := console.act_begin('reactivate_account', p_subject, p_arguments, p_expected, p_dry_run);
  v_person record;
  v_reached text[] := '{}';
  v_left bigint;
begin
  for v_person in
    select u.id, u.status, h.status_before, coalesce(nullif(pg_catalog.btrim(u.name), ''), u.email) as label
    from console.users as u
    left join console.holds as h on h.user_id = u.id and h.hold = 'suspended' and h.lifted_by is null
    where
      u.status = 'suspended'
      and (u.id = p_subject or (u.account_owner_id = p_subject and h.with_account = p_subject))
    order by u.id = p_subject desc, u.id
  loop
    v_plan := console.planned_change(
      v_plan, 'users', v_person.id, 'status', '"suspended"',
      pg_catalog.to_jsonb(coalesce(nullif(v_person.status_before, 'suspended'), 'active')), v_person.label
    );
    v_plan := console.planned(v_plan, 'lifts', pg_catalog.jsonb_build_object('user_id', v_person.id, 'hold', 'suspended'));
    if v_person.id <> p_subject then
      v_plan := console.planned(v_plan, 'cascade', pg_catalog.jsonb_build_object(
        'id', v_person.id, 'label', v_person.label, 'change', 'reactivated with the account'
      ));
    end if;
    v_reached := v_reached || v_person.id;
  end loop;
  select pg_catalog.count(*) into v_left
  from console.users as u where u.account_owner_id = p_subject and u.status = 'suspended' and not u.id = any (v_reached);
  if v_left > 0 then
    v_plan := console.planned(v_plan, 'warnings', pg_catalog.to_jsonb(pg_catalog.format(
      '%s of the team stay suspended: they were not suspended with the account.', v_left
    )));
  end if;
  v_plan := console.planned_hopsworks(v_plan, v_reached, 'set_status', 'hopsworks_status', '{"status": 2}');
  v_plan := console.planned_inverse(v_plan, 'suspend_account');
  return console.act_finish(v_plan);
end
$function$;

-- Signing in at Auth0. A suspension closes the service to somebody and says so there; a block bars them from
-- signing in at all, also to whatever else trusts this tenant. The one does not follow from the other: a
-- stolen password is blocked while the account goes on working, an unpaid one is suspended and may still
-- sign in to pay.
create function console.planned_blocked(p_plan jsonb, p_user_id text, p_blocked boolean) returns jsonb
language sql
immutable
set search_path = ''
as $function$
  select console.planned(p_plan, 'effects', pg_catalog.jsonb_build_object(
    'system', 'auth0', 'kind', 'set_blocked', 'effect', 'auth0', 'subject', p_user_id, 'cluster_id', null,
    'payload', pg_catalog.jsonb_build_object('user_id', p_user_id, 'blocked', p_blocked)
  ));
$function$;

comment on function console.planned_blocked(jsonb, text, boolean) is 'Internal: adds blocking or unblocking somebody at Auth0 to a plan.';

-- Taking a block back is refused once somebody has blocked anew, and the reverse: theirs is another reason.
create function console.block_is_of(p_plan jsonb, p_audit_id bigint) returns void
language plpgsql
stable
set search_path = ''
as $function$
declare
  v_undoes bigint := (p_plan ->> 'undoes')::bigint;
  v_now bigint := (
    select h.audit_id from console.holds as h
    where h.user_id = p_plan ->> 'subject' and h.hold = 'blocked' and h.lifted_by is null
  );
begin
  if v_undoes is not null and v_now is distinct from p_audit_id then
    perform console.refuse(
      'HD004', 'The world has moved on: somebody has decided about the block of this user since.',
      pg_catalog.jsonb_build_object('blocked_by', v_now)
    );
  end if;
end
$function$;

comment on function console.block_is_of(jsonb, bigint) is
  'Internal: refuses a plan that takes an entry back when the block in force is not that of this entry (null: when there is one).';

create function console.block_user(p_subject text, p_arguments jsonb, p_expected text, p_dry_run boolean) returns jsonb
language plpgsql
security definer
set search_path = ''
as $function$
declare
  v_plan jsonb := console.act_begin('block_user', p_subject, p_arguments, p_expected, p_dry_run);
begin
  perform console.block_is_of(v_plan, null);
  v_plan := console.planned_change(v_plan, 'auth0', p_subject, 'blocked', v_plan #> '{state,blocked}', 'true');
  v_plan := console.planned(v_plan, 'holds', pg_catalog.jsonb_build_object(
    'user_id', p_subject, 'hold', 'blocked', 'status_before', v_plan #> '{state,status}', 'with_account', p_subject
  ));
  v_plan := console.planned_blocked(v_plan, p_subject, true);
  v_plan := console.planned(
    v_plan, 'warnings', '"Whoever is signed in stays so until their session is renewed. The account itself is not suspended."'
  );
  return console.act_finish(console.planned_inverse(v_plan, 'unblock_user'));
end
$function$;

create function console.unblock_user(p_subject text, p_arguments jsonb, p_expected text, p_dry_run boolean) returns jsonb
language plpgsql
security definer
set search_path = ''
as $function$
declare
  v_plan jsonb := console.act_begin('unblock_user', p_subject, p_arguments, p_expected, p_dry_run);
begin
  perform console.block_is_of(v_plan, (v_plan ->> 'undoes')::bigint);
  v_plan := console.planned_change(v_plan, 'auth0', p_subject, 'blocked', v_plan #> '{state,blocked}', 'false');
  v_plan := console.planned(v_plan, 'lifts', pg_catalog.jsonb_build_object('user_id', p_subject, 'hold', 'blocked'));
  v_plan := console.planned_blocked(v_plan, p_subject, false);
  if v_plan #>> '{state,status}' = 'suspended' then
    v_plan := console.planned(v_plan, 'warnings', '"Stays suspended: the service still lets them do nothing."');
  end if;
  return console.act_finish(console.planned_inverse(v_plan, 'block_user'));
end
$function$;

-- A message that was sent is not taken back.
create function console.resend_verification(p_subject text, p_arguments jsonb, p_expected text, p_dry_run boolean) returns jsonb
language plpgsql
security definer
set search_path = ''
as $function$
declare
  v_plan jsonb := console.act_begin('resend_verification', p_subject, p_arguments, p_expected, p_dry_run);
begin
  return console.act_finish(console.planned(v_plan, 'effects', pg_catalog.jsonb_build_object(
    'system', 'auth0', 'kind', 'send_verification', 'effect', 'auth0', 'subject', p_subject, 'cluster_id', null,
    'payload', pg_catalog.jsonb_build_object('user_id', p_subject)
  )));
end
$function$;

comment on function console.block_user(text, jsonb, text, boolean) is 'Action. No arguments. Bars the user from signing in at Auth0; the account stays as it is.';
comment on function console.unblock_user(text, jsonb, text, boolean) is 'Action. No arguments. Lets the user sign in at Auth0 again.';
comment on function console.resend_verification(text, jsonb, text, boolean) is 'Action. No arguments. Auth0 asks the user again to prove their address; it sends nothing to who has.';

-- A marker: money records forbid removing the row.
create function console.delete_user(p_subject text, p_arguments jsonb, p_expected text, p_dry_run boolean) returns jsonb
language plpgsql
security definer
set search_path = ''
set timezone to 'UTC'
as $function$
declare
  v_plan jsonb := console.act_begin('delete_user', p_subject, p_arguments, p_expected, p_dry_run);
begin
  v_plan := console.planned_change(v_plan, 'users', p_subject, 'status', v_plan #> '{state,status}', '"deleted"');
  if console.can_write('write_users', 'deleted_at') then
    v_plan := console.planned_change(
      v_plan, 'users', p_subject, 'deleted_at', v_plan #> '{state,deleted_at}', pg_catalog.to_jsonb(pg_catalog.now())
    );
  end if;
  if console.can_write('write_users', 'deletion_reason') and v_plan ->> 'reason' is not null then
    v_plan := console.planned_change(
      v_plan, 'users', p_subject, 'deletion_reason', console.current_value('users', p_subject, 'deletion_reason'), v_plan -> 'reason'
    );
  end if;
  v_plan := console.planned(v_plan, 'holds', pg_catalog.jsonb_build_object(
    'user_id', p_subject, 'hold', 'deleted', 'status_before', v_plan #> '{state,status}', 'with_account', p_subject
  ));
  v_plan := console.planned_hopsworks(v_plan, array[p_subject], 'set_status', 'hopsworks_status', '{"status": 3}');
  v_plan := console.planned_blocked(v_plan, p_subject, true);
  return console.act_finish(console.planned_inverse(v_plan, 'restore_user'));
end
$function$;

create function console.restore_user(p_subject text, p_arguments jsonb, p_expected text, p_dry_run boolean) returns jsonb
language plpgsql
security definer
set search_path = ''
as $function$
declare
  v_plan jsonb := console.act_begin('restore_user', p_subject, p_arguments, p_expected, p_dry_run);
  v_status text;
begin
  select h.status_before into v_status
  from console.holds as h where h.user_id = p_subject and h.hold = 'deleted' and h.lifted_by is null;
  v_status := coalesce(nullif(v_status, 'deleted'), 'active');
  v_plan := console.planned_change(v_plan, 'users', p_subject, 'status', v_plan #> '{state,status}', pg_catalog.to_jsonb(v_status));
  if console.can_write('write_users', 'deleted_at') then
    v_plan := console.planned_change(v_plan, 'users', p_subject, 'deleted_at', v_plan #> '{state,deleted_at}', null);
  end if;
  if console.can_write('write_users', 'deletion_reason') then
    v_plan := console.planned_change(
      v_plan, 'users', p_subject, 'deletion_reason', console.current_value('users', p_subject, 'deletion_reason'), null
    );
  end if;
  v_plan := console.planned(v_plan, 'lifts', pg_catalog.jsonb_build_object('user_id', p_subject, 'hold', 'deleted'));
  if v_status = 'active' then
    v_plan := console.planned_hopsworks(v_plan, array[p_subject], 'set_status', 'hopsworks_status', '{"status": 2}');
  else
    v_plan := console.planned(v_plan, 'warnings', pg_catalog.to_jsonb(pg_catalog.format('Was %s before, and is again.', v_status)));
  end if;
  if (v_plan #>> '{state,blocked}')::boolean then
    v_plan := console.planned(v_plan, 'warnings', '"Stays blocked at Auth0: that was decided apart from the deletion."');
  else
    v_plan := console.planned_blocked(v_plan, p_subject, false);
  end if;
  v_plan := console.act_finish(console.planned_inverse(v_plan, 'delete_user'));
  -- Whoever waited for a seat waits again.
  if v_plan ->> 'audit_id' is not null then
    perform console.seat_wanted_again(p_subject);
  end if;
  return v_plan;
end
$function$;

-- Once, changing the plan changed a column and nothing else. Hopsworks counts created projects, so the
-- limit is only ever raised; Stripe is told what to begin or end.
create function console.change_plan(p_subject text, p_arguments jsonb, p_expected text, p_dry_run boolean) returns jsonb
language plpgsql
security definer
set search_path = ''
as $function$
declare
  v_plan jsonb := console.act_begin('change_plan', p_subject, p_arguments, p_expected, p_dry_run);
  v_before text := v_plan #>> '{state,billing_mode}';
  v_after text;
  v_user record;
begin
  -- "none": has not chosen yet; for taking a first choice back.
  v_after := nullif(console.choice_argument(v_plan -> 'arguments', 'plan', array['free', 'prepaid', 'postpaid', 'none']), 'none');
  if v_after is not distinct from v_before then
    perform console.refuse('HD007', pg_catalog.format('The plan is %s already.', coalesce(v_before, 'none')), '{"argument": "plan"}');
  end if;
  v_plan := console.planned_change(
    v_plan, 'users', p_subject, 'billing_mode', pg_catalog.to_jsonb(v_before), pg_catalog.to_jsonb(v_after)
  );
  select u.stripe_customer_id, u.stripe_subscription_id, u.stripe_subscription_status into v_user
  from console.users as u where u.id = p_subject;
  if v_after in ('prepaid', 'postpaid') then
    v_plan := console.planned_hopsworks(v_plan, array[p_subject], 'raise_projects', 'hopsworks_quota', '{"at_least": 5}');
  elsif v_after = 'free' then
    v_plan := console.planned_hopsworks(v_plan, array[p_subject], 'raise_projects', 'hopsworks_quota', '{"at_least": 1}');
  end if;
  if 'postpaid' in (v_before, v_after) then
    v_plan := console.planned(v_plan, 'effects', pg_catalog.jsonb_build_object(
      'system', 'stripe', 'kind', 'change_plan', 'effect', 'stripe_plan', 'subject', p_subject, 'cluster_id', null,
      'payload', pg_catalog.jsonb_build_object(
        'user_id', p_subject, 'from', v_before, 'to', v_after, 'stripe_customer_id', v_user.stripe_customer_id,
        'stripe_subscription_id', v_user.stripe_subscription_id
      )
    ));
    if v_after = 'postpaid' and v_user.stripe_customer_id is null then
      v_plan := console.planned(v_plan, 'warnings', '"Has no customer in Stripe yet: nothing can be invoiced until there is one."');
    end if;
  end if;
  return console.act_finish(console.planned_inverse(
    v_plan, 'change_plan', pg_catalog.jsonb_build_object('plan', coalesce(v_before, 'none'))
  ));
end
$function$;

create function console.set_spending_cap(p_subject text, p_arguments jsonb, p_expected text, p_dry_run boolean) returns jsonb
language plpgsql
security definer
set search_path = ''
as $function$
declare
  v_plan jsonb := console.act_begin('set_spending_cap', p_subject, p_arguments, p_expected, p_dry_run);
  v_before numeric := (v_plan #>> '{state,spending_cap}')::numeric;
  v_after numeric;
begin
  if not (v_plan -> 'arguments') ? 'cap' then
    perform console.refuse('HD005', 'Give cap: USD a month, or null for no cap.', '{"argument": "cap"}');
  end if;
  v_after := console.amount_argument(v_plan -> 'arguments', 'cap', 0, 999999999999, false);
  if v_after is not distinct from v_before then
    perform console.refuse('HD007', 'The cap is that already.', '{"argument": "cap"}');
  end if;
  v_plan := console.planned_change(
    v_plan, 'users', p_subject, 'spending_cap', pg_catalog.to_jsonb(v_before), pg_catalog.to_jsonb(v_after)
  );
  return console.act_finish(console.planned_inverse(
    v_plan, 'set_spending_cap', pg_catalog.jsonb_build_object('cap', v_before::text)
  ));
end
$function$;

-- Sets some flags and leaves the others; null removes one.
create function console.edit_feature_flags(p_subject text, p_arguments jsonb, p_expected text, p_dry_run boolean) returns jsonb
language plpgsql
security definer
set search_path = ''
as $function$
declare
  v_plan jsonb := console.act_begin('edit_feature_flags', p_subject, p_arguments, p_expected, p_dry_run);
  v_before jsonb := case when pg_catalog.jsonb_typeof(v_plan #> '{state,feature_flags}') = 'object' then v_plan #> '{state,feature_flags}' else '{}' end;
  v_flags jsonb := v_plan #> '{arguments,flags}';
  v_after jsonb;
begin
  if pg_catalog.jsonb_typeof(v_flags) is distinct from 'object' or v_flags = '{}' or pg_catalog.length(v_flags::text) > 16384
    or exists (select from pg_catalog.jsonb_object_keys(v_flags) as k where k !~ '^[A-Za-z0-9_.:-]{1,100}$')
  then
    perform console.refuse('HD005', 'Give flags as an object of names and settings; null removes one.', '{"argument": "flags"}');
  end if;
  select coalesce(pg_catalog.jsonb_object_agg(f.key, f.value), '{}') into v_after
  from pg_catalog.jsonb_each(v_before || v_flags) as f
  where not (v_flags ? f.key and f.value = 'null');
  if v_after = v_before then
    perform console.refuse('HD007', 'The flags are set that way already.', '{"argument": "flags"}');
  end if;
  v_plan := console.planned_change(v_plan, 'users', p_subject, 'feature_flags', v_plan #> '{state,feature_flags}', v_after);
  return console.act_finish(console.planned_inverse(v_plan, 'edit_feature_flags', pg_catalog.jsonb_build_object('flags', (
    select pg_catalog.jsonb_object_agg(k, coalesce(v_before -> k, 'null')) from pg_catalog.jsonb_object_keys(v_flags) as k
  ))));
end
$function$;

create function console.set_admin(p_subject text, p_arguments jsonb, p_expected text, p_dry_run boolean) returns jsonb
language plpgsql
security definer
set search_path = ''
as $function$
declare
  v_plan jsonb := console.act_begin('set_admin', p_subject, p_arguments, p_expected, p_dry_run);
begin
  v_plan := console.planned_change(v_plan, 'users', p_subject, 'is_admin', v_plan #> '{state,is_admin}', 'true');
  return console.act_finish(console.planned_inverse(v_plan, 'clear_admin'));
end
$function$;

create function console.clear_admin(p_subject text, p_arguments jsonb, p_expected text, p_dry_run boolean) returns jsonb
language plpgsql
security definer
set search_path = ''
as $function$
declare
  v_plan jsonb := console.act_begin('clear_admin', p_subject, p_arguments, p_expected, p_dry_run);
begin
  v_plan := console.planned_change(v_plan, 'users', p_subject, 'is_admin', v_plan #> '{state,is_admin}', 'false');
  return console.act_finish(console.planned_inverse(v_plan, 'set_admin'));
end
$function$;

comment on function console.suspend_account(text, jsonb, text, boolean) is 'Action. No arguments. Cascades to the team.';
comment on function console.reactivate_account(text, jsonb, text, boolean) is 'Action. No arguments. Brings back those who were suspended with the account.';
comment on function console.delete_user(text, jsonb, text, boolean) is 'Action. No arguments. Marks the user deleted; the row and its money records stay.';
comment on function console.restore_user(text, jsonb, text, boolean) is 'Action. No arguments.';
comment on function console.change_plan(text, jsonb, text, boolean) is 'Action. Arguments: plan (free, prepaid, postpaid or none).';
comment on function console.set_spending_cap(text, jsonb, text, boolean) is 'Action. Arguments: cap (USD a month as text; null: no cap).';
comment on function console.edit_feature_flags(text, jsonb, text, boolean) is 'Action. Arguments: flags (object; null removes one).';
comment on function console.set_admin(text, jsonb, text, boolean) is 'Action. No arguments. Sets the service''s own is_admin.';
comment on function console.clear_admin(text, jsonb, text, boolean) is 'Action. No arguments.';
