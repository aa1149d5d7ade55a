-- Actions on teams: who is invited, and who stays. The link of an invitation is the key to somebody's
-- team: it is made inside the row and shown to no member of staff.

insert into console.actions (name, kind, title, groups, needs, whole_team) values
('invite_member', 'account', 'Invite a member', '{support,admin}', '{insert_team_invites,lock_users}', false),
('resend_invite', 'invite', 'Renew for 7 days', '{support,admin}', '{write_team_invites:expires_at,lock_team_invites}', false),
('cancel_invite', 'invite', 'Cancel', '{support,admin}', '{write_team_invites:expires_at,lock_team_invites}', false),
('remove_member', 'user', 'Remove from the team', '{support,admin}', '{write_users:account_owner_id,lock_users}', false),
('join_team', 'user', 'Take back into the team', '{support,admin}', '{write_users:account_owner_id,lock_users}', false);

create function console.invite_member(p_subject text, p_arguments jsonb, p_expected text, p_dry_run boolean) returns jsonb
language plpgsql
security definer
set search_path = ''
set timezone to 'UTC'
as $function$
declare
  v_plan jsonb := console.act_begin('invite_member', p_subject, p_arguments, p_expected, p_dry_run);
  v_email text := pg_catalog.lower(console.text_argument(v_plan -> 'arguments', 'email', 3, 320));
  v_role text := case when (v_plan -> 'arguments') ? 'project_role'
    then console.choice_argument(v_plan -> 'arguments', 'project_role', array['Data owner', 'Data scientist']) else 'Data scientist' end;
  v_there record;
begin
  if v_email !~ '^[^@[:space:]]+@[^@[:space:]]+[.][^@[:space:].]+$' then
    perform console.refuse('HD005', 'That is no e-mail address.', '{"argument": "email"}');
  end if;
  if v_plan #>> '{state,status}' = 'suspended' then
    perform console.refuse('HD007', 'Suspended: reactivate the account first.', pg_catalog.jsonb_build_object('subject', p_subject));
  end if;
  select u.id, u.account_owner_id into v_there from console.users as u where pg_catalog.lower(u.email) = v_email limit 1;
  if v_there.id = p_subject or v_there.account_owner_id = p_subject then
    perform console.refuse('HD007', 'Is in the team already.', pg_catalog.jsonb_build_object('user_id', v_there.id));
  end if;
  select t.id, coalesce(t.ends_at, 'infinity') as ends_at into v_there from console.team_invites as t
  where t.account_owner_id = p_subject and t.accepted_at is null and pg_catalog.lower(t.email) = v_email
  order by t.ends_at desc limit 1;
  if v_there.id is not null then
    perform console.refuse(
      'HD007',
      case when v_there.ends_at > pg_catalog.now() then 'An invitation waits at this address already: renew it instead.'
        else 'An invitation to this address has expired: renew it instead.' end,
      pg_catalog.jsonb_build_object('invite_id', v_there.id)
    );
  end if;
  v_plan := console.planned(v_plan, 'inserts', pg_catalog.jsonb_build_object(
    'table', 'team_invites', 'label', v_email,
    'values', pg_catalog.jsonb_build_object(
      'account_owner_id', p_subject, 'email', v_email, 'project_role', v_role,
      'auto_assign_projects', coalesce(v_plan #> '{arguments,auto_assign_projects}' = 'true', false),
      'created_at', pg_catalog.now(), 'expires_at', pg_catalog.now() + interval '168 hours'
    ),
    'secrets', '["token"]'::jsonb,
    'inverse', '{"action": "cancel_invite", "arguments": {}}'::jsonb
  ));
  v_plan := console.planned(v_plan, 'warnings', '"The service sends the link, or its owner finds it on the team page: Hopsdesk does not show it."');
  return console.act_finish(v_plan);
end
$function$;

create function console.resend_invite(p_subject text, p_arguments jsonb, p_expected text, p_dry_run boolean) returns jsonb
language plpgsql
security definer
set search_path = ''
set timezone to 'UTC'
as $function$
declare
  v_plan jsonb := console.act_begin('resend_invite', p_subject, p_arguments, p_expected, p_dry_run);
  v_id text := console.invite_id(p_subject);
begin
  v_plan := console.planned_change(
    v_plan, 'team_invites', v_id, 'expires_at', v_plan #> '{state,expires_at}',
    pg_catalog.to_jsonb(pg_catalog.now() + interval '168 hours')
  );
  if console.can_write('write_team_invites', 'token') then
    v_plan := console.planned_change(v_plan, 'team_invites', v_id, 'token', '"old link"', '"new link"');
  end if;
  v_plan := console.planned(v_plan, 'warnings', '"The link that was sent before stops working. The service sends the new one."');
  return console.act_finish(console.planned_inverse(v_plan, 'cancel_invite'));
end
$function$;

create function console.cancel_invite(p_subject text, p_arguments jsonb, p_expected text, p_dry_run boolean) returns jsonb
language plpgsql
security definer
set search_path = ''
set timezone to 'UTC'
as $function$
declare
  v_plan jsonb := console.act_begin('cancel_invite', p_subject, p_arguments, p_expected, p_dry_run);
  v_id text := console.invite_id(p_subject);
begin
  v_plan := console.planned_change(
    v_plan, 'team_invites', v_id, 'expires_at', v_plan #> '{state,expires_at}', pg_catalog.to_jsonb(pg_catalog.now())
  );
  return console.act_finish(console.planned_inverse(v_plan, 'resend_invite'));
end
$function$;

-- Whoever leaves a team pays for themselves from then on; what was used before stays with the owner.
create function console.remove_member(p_subject text, p_arguments jsonb, p_expected text, p_dry_run boolean) returns jsonb
language plpgsql
security definer
set search_path = ''
as $function$
declare
  v_plan jsonb := console.act_begin('remove_member', p_subject, p_arguments, p_expected, p_dry_run);
  v_owner text := v_plan #>> '{state,account_owner_id}';
  v_roles bigint;
begin
  v_plan := console.planned_change(v_plan, 'users', p_subject, 'account_owner_id', pg_catalog.to_jsonb(v_owner), null);
  select pg_catalog.count(*) into v_roles
  from console.project_member_roles as r where r.member_id = p_subject and r.account_owner_id = v_owner;
  if v_roles > 0 then
    v_plan := console.planned(v_plan, 'warnings', pg_catalog.to_jsonb(pg_catalog.format(
      'Keeps a role in %s projects of the owner until it is taken away in Hopsworks.', v_roles
    )));
  end if;
  if v_plan #>> '{state,status}' = 'suspended' then
    v_plan := console.planned(v_plan, 'warnings', '"Stays suspended, alone."');
  end if;
  return console.act_finish(console.planned_inverse(v_plan, 'join_team', pg_catalog.jsonb_build_object('owner_id', v_owner)));
end
$function$;

create function console.join_team(p_subject text, p_arguments jsonb, p_expected text, p_dry_run boolean) returns jsonb
language plpgsql
security definer
set search_path = ''
as $function$
declare
  v_plan jsonb := console.act_begin('join_team', p_subject, p_arguments, p_expected, p_dry_run);
  v_owner text := console.text_argument(v_plan -> 'arguments', 'owner_id', 1, 255);
  v_there record;
begin
  -- Only back: nobody is put into a team by staff who did not accept its invitation once.
  if not (v_plan ->> 'undoes') is not null then
    perform console.refuse('HD007', 'People join a team by its invitation; this only takes a removal back.', '{"argument": "undoes"}');
  end if;
  select u.status, u.account_owner_id into v_there from console.users as u where u.id = v_owner;
  if not found or v_there.account_owner_id is not null or v_there.status = 'deleted' or v_owner = p_subject then
    perform console.refuse('HD007', 'The former owner has no team any more.', pg_catalog.jsonb_build_object('owner_id', v_owner));
  end if;
  v_plan := console.planned_change(v_plan, 'users', p_subject, 'account_owner_id', null, pg_catalog.to_jsonb(v_owner));
  return console.act_finish(console.planned_inverse(v_plan, 'remove_member'));
end
$function$;

comment on function console.invite_member(text, jsonb, text, boolean) is
  'Action. Arguments: email, project_role (Data owner or Data scientist), auto_assign_projects.';
comment on function console.resend_invite(text, jsonb, text, boolean) is 'Action. No arguments. Seven more days, a new link.';
comment on function console.cancel_invite(text, jsonb, text, boolean) is 'Action. No arguments. Ends it now.';
comment on function console.remove_member(text, jsonb, text, boolean) is 'Action. No arguments.';
comment on function console.join_team(text, jsonb, text, boolean) is 'Action, reached by undo. Arguments: owner_id.';
