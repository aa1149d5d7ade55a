-- Invitations into a team. An invitation belongs to one e-mail address and lasts seven days; while
-- one waits, the same owner cannot send a second to the same address. To invite again after it
-- lapsed, the row is renewed (new token, new expires_at), which keeps the history of one address in
-- one place.

create table public.team_invites (
  id uuid not null primary key default gen_random_uuid(),
  account_owner_id text not null references public.users (id) on delete cascade,
  email text not null,
  token text not null,
  project_role text not null default 'Data scientist',
  auto_assign_projects boolean not null default false,
  created_at timestamptz not null default now(),
  -- 168 hours, not seven days: a day is 23 or 25 hours twice a year in some time zones.
  expires_at timestamptz not null default now() + interval '168 hours',
  accepted_at timestamptz,
  accepted_by_user_id text references public.users (id) on delete set null,

  constraint team_invites_token_key unique (token),
  constraint team_invites_email_check check (email like '_%@_%'),
  constraint team_invites_token_check check (length(token) >= 16),
  constraint team_invites_project_role_check check (project_role in ('Data owner', 'Data scientist')),
  constraint team_invites_expires_at_check check (expires_at > created_at),
  constraint team_invites_accepted_check check (accepted_by_user_id is null or accepted_at is not null)
);

comment on table public.team_invites is
  'Invitations into a team. Pending: accepted_at is null and expires_at lies ahead.';
comment on column public.team_invites.account_owner_id is 'Who invites and will pay.';
comment on column public.team_invites.email is 'The only address that may accept, compared without regard to case.';
comment on column public.team_invites.token is 'Bearer secret in the invitation''s link; at least 16 characters; never readable over REST.';
comment on column public.team_invites.project_role is 'Role in the owner''s Hopsworks projects: Data owner or Data scientist.';
comment on column public.team_invites.auto_assign_projects is 'True: on acceptance the member joins all projects of the owner.';

create unique index team_invites_one_waiting_key on public.team_invites (account_owner_id, lower(email))
where accepted_at is null;
create index team_invites_account_owner_idx on public.team_invites (account_owner_id, created_at desc);
create index team_invites_accepted_by_idx on public.team_invites (accepted_by_user_id);

alter table public.team_invites enable row level security;

create policy team_invites_read_sent_or_accepted on public.team_invites for select to authenticated
using (
  account_owner_id = ((select auth.jwt()) ->> 'sub')
  or accepted_by_user_id = ((select auth.jwt()) ->> 'sub')
);

revoke all on public.team_invites from public, anon, authenticated, service_role;
grant select, insert, update, delete on public.team_invites to service_role;
-- Everything but the token.
grant select (
  id, account_owner_id, email, project_role, auto_assign_projects,
  created_at, expires_at, accepted_at, accepted_by_user_id
) on public.team_invites to authenticated;
