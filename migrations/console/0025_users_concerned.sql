-- What the Users list is filtered by where no index of the service leads there, kept along with the figures:
-- who has a trouble, in the list's own order, and how many users share a status, a plan, a role, a cluster. A
-- filter that a hundredth of a million users pass is read in a millisecond so, and nobody counts the many.

create table console.users_concerned (
  concern text not null,
  user_id text not null,
  created_at timestamptz,

  constraint users_concerned_pkey primary key (concern, user_id)
);

create index users_concerned_created_idx on console.users_concerned (concern, created_at, user_id);

comment on table console.users_concerned is
  'Users by what troubles them, or by a plan that few have; a user may be here under several concerns.';
comment on column console.users_concerned.concern is
  'no_seat, credits_low, invoice_overdue or invite_expired, by the rules of the Overview; or plan: and a plan that few have.';
comment on column console.users_concerned.created_at is 'When the user registered: the order of the list.';

create table console.lists_counted (
  list text not null,
  kind text not null,
  value text not null,
  entries bigint not null,

  constraint lists_counted_pkey primary key (list, kind, value)
);

comment on table console.lists_counted is
  'How many entries of a list pass one filter; of thousands a list says so much and does not count them.';
comment on column console.lists_counted.list is 'users, teams, credits or invoices.';
comment on column console.lists_counted.kind is
  'Of users: status, plan (that of the account that pays), role, cluster or concern. Of teams: concern. Of credits: filter. Of invoices: standing or origin.';
comment on column console.lists_counted.value is
  'As the filter names it; `none` for a plan that was not chosen; empty for the whole list.';

-- The orders of Teams and Credits.
create index team_standing_members_idx on console.team_standing (members desc, account_id);
create index credit_standing_lasts_idx on console.credit_standing (runs_out_on, account_id) where balance > 0;
create index credit_standing_endless_idx on console.credit_standing (account_id)
where balance > 0 and runs_out_on is null;
create index credit_standing_purchase_idx on console.credit_standing (last_purchase_at, account_id);

create function console.rollups_refresh_concerned(p_now timestamptz) returns bigint
language plpgsql
security definer
set search_path = ''
set plan_cache_mode = force_custom_plan
set work_mem = '32MB'
set jit = off
as $function$
declare
  v_changed bigint;
begin
  with planned as materialized (
    select
      u.id,
      case
        when w.plan in ('free', 'prepaid', 'postpaid') then w.plan
        when w.plan is null then 'none'
        else 'other'
      end as plan
    from console.users as u
    left join console.users as o on o.id = u.account_owner_id
    cross join lateral (
      select case when u.account_owner_id is null then u.billing_mode else o.billing_mode end as plan
    ) as w
  ),
  listed as (
    select 'no_seat' as concern, w.user_id from console.without_seat as w
    union
    select 'credits_low', s.account_id from console.credit_standing as s where s.low
    union
    select 'invoice_overdue', i.user_id from console.open_invoices as i where i.failed or i.due_at < p_now
    union
    select 'invite_expired', t.account_owner_id from console.team_invites as t
    where t.accepted_at is null and t.ends_at <= p_now
    union
    -- A plan that most have is soon met with in the list itself.
    select 'plan:' || p.plan, p.id
    from planned as p
    where p.plan in (select q.plan from planned as q group by 1 having count(*) * 5 <= (select count(*) from planned))
  ),
  truth as materialized (
    -- Not every database forbids two users of one id.
    select l.concern, u.id as user_id, min(u.created_at) as created_at
    from listed as l
    join console.users as u on u.id = l.user_id
    group by 1, 2
  ),
  gone as (
    delete from console.users_concerned as k
    where not exists (select from truth as t where t.concern = k.concern and t.user_id = k.user_id)
    returning 1
  ),
  put as (
    insert into console.users_concerned (concern, user_id, created_at)
    select t.concern, t.user_id, t.created_at
    from truth as t
    left join console.users_concerned as k on k.concern = t.concern and k.user_id = t.user_id
    where k.user_id is null or k.created_at is distinct from t.created_at
    on conflict (concern, user_id) do update set created_at = excluded.created_at
    returning 1
  )
  select (select count(*) from gone) + (select count(*) from put) into v_changed;

  with truth as materialized (
    select
      'users' as list,
      case when grouping(status) = 0 then 'status' when grouping(plan) = 0 then 'plan' else 'role' end as kind,
      case when grouping(status) = 0 then status when grouping(plan) = 0 then plan else role end as value,
      count(*) as entries
    from (
      select
        case
          when u.status in ('active', 'suspended', 'deleted') then u.status
          when u.status is null then 'active'
          else 'other'
        end as status,
        case
          when w.plan in ('free', 'prepaid', 'postpaid') then w.plan
          when w.plan is null then 'none'
          else 'other'
        end as plan,
        case when u.account_owner_id is null then 'owner' else 'member' end as role
      from console.users as u
      left join console.users as o on o.id = u.account_owner_id
      cross join lateral (
        select case when u.account_owner_id is null then u.billing_mode else o.billing_mode end as plan
      ) as w
    ) as p
    group by grouping sets ((status), (plan), (role))
    union all
    select 'users', 'cluster', a.cluster_id, count(distinct a.user_id)
    from console.cluster_assignments as a
    join console.users as u on u.id = a.user_id
    where a.cluster_id is not null
    group by 3
    union all
    select 'users', 'concern', c.concern, count(*) from console.users_concerned as c group by 3
    union all
    select 'teams', 'concern', c.concern, c.teams
    from (
      select
        count(*) as whole, count(*) filter (where t.members_suspended > 0) as suspended,
        count(*) filter (where t.invites_pending > 0) as pending,
        count(*) filter (where t.invites_expired > 0) as expired,
        count(*) filter (
          where t.members_active > 0 and coalesce(u.status, 'active') in ('suspended', 'deleted')
        ) as owner_out
      from console.team_standing as t
      join console.users as u on u.id = t.account_id
    ) as q
    cross join lateral (values
      ('', q.whole), ('suspended_members', q.suspended), ('pending_invites', q.pending),
      ('expired_invites', q.expired), ('owner_out', q.owner_out)
    ) as c (concern, teams)
    union all
    select 'credits', 'filter', c.filter, c.accounts
    from (
      select
        count(*) as whole, count(*) filter (where s.low) as low, count(*) filter (where s.balance < 0) as negative,
        count(*) filter (where s.billing_mode = 'prepaid') as prepaid
      from console.credit_standing as s
    ) as q
    cross join lateral (
      values ('', q.whole), ('low', q.low), ('negative', q.negative), ('prepaid', q.prepaid)
    ) as c (filter, accounts)

    union all
    select
      'invoices', case when grouping(b.origin) = 0 then 'origin' else 'standing' end,
      case when grouping(b.origin) = 0 then b.origin else b.standing end, count(*)
    from (
      select i.origin, case when i.standing = 'open' and i.due_at < p_now then 'overdue' else i.standing end as standing
      from (
        select v.origin, v.standing, v.due_at from console.billed_invoices as v
        union all
        select v.origin, v.standing, v.due_at from console.billed_charges as v
        union all
        select v.origin, v.standing, v.due_at from console.billed_subscriptions as v
        union all
        select v.origin, v.standing, v.due_at from console.billed_mirror as v
      ) as i
    ) as b
    group by grouping sets ((b.origin), (b.standing))
  ),
  gone as (
    delete from console.lists_counted as k
    where not exists (select from truth as t where t.list = k.list and t.kind = k.kind and t.value = k.value)
  )
  insert into console.lists_counted as k (list, kind, value, entries)
  select t.list, t.kind, t.value, t.entries from truth as t
  on conflict (list, kind, value) do update set entries = excluded.entries
  where k.entries is distinct from excluded.entries;
  return v_changed;
end
$function$;

comment on function console.rollups_refresh_concerned(timestamptz) is
  'Internal: lists who has a trouble, and counts users by what they are filtered by; how many rows of the list changed.';

-- The round that the programs call: it leaves out what nobody wrote to. What a part is counted from is told by the
-- versions of the rows it reads, by the day, and by how many rows the time itself has moved over one of its
-- lines: of rows that nobody wrote, only ever more are past a date, so an equal number is the same rows.
create function console.refresh_rollups(
  p_now timestamptz, p_pace_days integer, p_low_days integer, p_forecast_days integer, p_force boolean,
  out outcome text, out changed bigint, out took_ms bigint, out due_in_ms bigint
)
language plpgsql
security definer
set search_path = ''
as $function$
declare
  v_began timestamptz := clock_timestamp();
  v_since timestamptz := v_began;
  v_state console.rollup_state;
  v_part bigint;
  v_today text := (p_now at time zone 'UTC')::date::text;
  v_users text;
  v_invites text;
  v_seats text;
  v_from text;
  -- Whether anything that the figures are made from was counted anew.
  v_moved boolean;
  -- Of these, seats, or the usage of people.
  v_used boolean;
  -- Whether Stripe told anything.
  v_told boolean;
begin
  select s.* into v_state from console.rollup_state as s where s.rollup = 'usage' for update skip locked;
  if not found then
    outcome := 'busy';
    return;
  end if;
  if v_state.refreshed_at is null then
    outcome := 'empty';
    return;
  end if;
  if v_state.due_at > v_began and not p_force then
    outcome := 'not_due';
    due_in_ms := (extract(epoch from v_state.due_at - v_began) * 1000)::bigint;
    return;
  end if;

  changed := console.rollups_refresh_usage(p_now);
  perform console.rollups_note_refresh('usage', p_now, v_since, changed);
  v_moved := changed > 0;
  v_used := v_moved;

  v_since := clock_timestamp();
  v_users := console.rollups_versions('users');
  v_from := v_today || ' ' || p_pace_days || ' ' || p_low_days || ' ' || p_forecast_days || ' ' || v_users || ' '
    || console.rollups_versions('user_credits');
  v_part := 0;
  if console.rollups_counted_from('credits', v_from) then
    v_part := console.rollups_refresh_credits(p_now, p_pace_days, p_low_days, p_forecast_days);
    v_moved := true;
  end if;
  perform console.rollups_note_refresh('credits', p_now, v_since, v_part);
  changed := changed + v_part;

  v_since := clock_timestamp();
  v_invites := console.rollups_versions('team_invites');
  v_from := v_users || ' ' || v_invites || ' '
    || (select count(*) from console.team_invites as t where t.accepted_at is null and t.ends_at <= p_now);
  v_part := 0;
  if console.rollups_counted_from('teams', v_from) then
    v_part := console.rollups_refresh_teams(p_now);
    v_moved := true;
  end if;
  perform console.rollups_note_refresh('teams', p_now, v_since, v_part);
  changed := changed + v_part;

  v_since := clock_timestamp();
  v_seats := console.rollups_versions('cluster_assignments');
  v_from := v_today || ' ' || v_users || ' ' || v_seats || ' '
    || (select count(*) from console.cluster_assignments as a where a.assigned_at > p_now - interval '30 days');
  v_part := 0;
  if console.rollups_counted_from('seats', v_from) then
    v_part := console.rollups_refresh_seats(p_now);
    v_moved := true;
    v_used := true;
  end if;
  -- Whose seat is idle, and who has none, follows from usage, too.
  if v_used then
    v_part := v_part + console.rollups_refresh_seat_findings(p_now);
  end if;
  perform console.rollups_note_refresh('seats', p_now, v_since, v_part);
  changed := changed + v_part;

  v_since := clock_timestamp();
  v_from := v_today || ' ' || v_users || ' ' || v_invites || ' ' || v_seats || ' '
    || console.rollups_versions('invoices') || ' ' || console.rollups_versions('subscriptions') || ' '
    || (select count(*) from console.users as u where u.last_login_at >= p_now - interval '30 days') || ' '
    || (select count(*) from console.team_invites as t where t.accepted_at is null and t.ends_at <= p_now) || ' '
    || (select count(*) from console.open_invoices as i where i.due_at < p_now);
  v_told := console.stripe_told();
  if console.rollups_counted_from('figures', v_from) or v_told or v_moved then
    perform console.stripe_place_invoices(v_users || ' ' || console.rollups_versions('invoices'));
    if v_told then
      perform console.stripe_place_rest();
    end if;
    perform console.rollups_refresh_figures(p_now);
    perform console.rollups_refresh_concerned(p_now);
    perform console.rollups_refresh_overruled();
    -- What was placed just now is counted; what others told meanwhile may not be.
    delete from console.stripe_marks as m where m.transaction = pg_catalog.pg_current_xact_id()::text::bigint;
  else
    update console.service_figures as f set as_of = p_now;
  end if;
  perform console.rollups_note_refresh('figures', p_now, v_since, 1);

  outcome := 'done';
  v_since := clock_timestamp();
  took_ms := (extract(epoch from v_since - v_began) * 1000)::bigint;
  due_in_ms := greatest(3000, 20 * took_ms);
  update console.rollup_state as s
  set due_at = v_since + due_in_ms * interval '1 millisecond'
  where s.rollup = 'usage';
end
$function$;

comment on function console.refresh_rollups(timestamptz, integer, integer, integer, boolean) is
  'Brings the rollups up to date, unless somebody else is at it (busy), did it just now (not_due), or they were never filled (empty).';

create function console.rollups_counted_from(p_rollup text, p_from text) returns boolean
language plpgsql
security definer
set search_path = ''
as $function$
begin
  update console.rollup_state as s
  set counted_from = p_from
  where s.rollup = p_rollup and (s.counted_from is distinct from p_from or p_from is null);
  return found;
end
$function$;

comment on function console.rollups_counted_from(text, text) is
  'Internal: notes what a rollup is counted from now; whether it was another, or cannot be told, and it is to be counted.';

-- A check marks paces as not measured: the next refresh has to look at them, whatever the rows say.
create function console.check_rollups_month(
  p_now timestamptz, p_month date, out outcome text, out compared bigint, out differences bigint
)
language plpgsql
security definer
set search_path = ''
as $function$
declare
  v_state console.rollup_state;
begin
  select s.* into v_state from console.rollup_state as s where s.rollup = 'usage' for update skip locked;
  if not found then
    outcome := 'busy';
    return;
  end if;
  if v_state.refreshed_at is not null then
    -- What changed in the last days is no difference; it is merely not counted yet.
    if console.rollups_refresh_usage(p_now) > 0 then
      -- The next refresh finds nothing new, and must look at whose seat is idle all the same.
      update console.rollup_state as s set counted_from = null where s.rollup = 'seats';
    end if;
  end if;
  delete from console.accounts_changed;
  differences := console.rollups_count_users(p_month, true);
  -- Rows of long ago may be of the last fourteen days: the next refresh measures those paces anew.
  update console.credit_standing as s
  set pace_day = s.pace_day - 1
  where s.account_id in (select c.account_id from console.accounts_changed as c);
  delete from console.accounts_changed;
  differences := differences + console.rollups_count_accounts(p_month, true);
  differences := differences + console.rollups_count_days(p_month, true);
  if differences > 0 then
    update console.rollup_state as s set counted_from = null where s.rollup in ('credits', 'figures', 'seats');
  end if;
  compared :=
    (select count(*) from console.usage_by_user_month as m where m.month = p_month)
    + (select count(*) from console.usage_by_account_month as m where m.month = p_month)
    + (
      select count(*) from console.usage_by_cluster_day as c
      where c.day >= p_month and c.day < p_month + interval '1 month'
    );
  update console.rollup_state as s
  set check_until = clock_timestamp() + interval '15 minutes'
  where s.rollup = 'usage';
  outcome := 'done';
end
$function$;

comment on function console.check_rollups_month(timestamptz, date) is
  'Compares one month with the rows themselves, and mends it: how many keys there are, and how many were wrong.';

do $$
declare
  ours text;
  api_role text;
begin
  foreach ours in array array['users_concerned', 'lists_counted'] loop
    execute format('alter table console.%I enable row level security', ours);
    execute format('revoke all on console.%I from public', ours);
    for api_role in
      select rolname from pg_catalog.pg_roles where rolname in ('anon', 'authenticated', 'service_role')
    loop
      execute format('revoke all on console.%I from %I', ours, api_role);
    end loop;
  end loop;
  for ours in
    select p.oid::pg_catalog.regprocedure::text
    from pg_catalog.pg_proc as p
    where p.pronamespace = 'console'::pg_catalog.regnamespace
      and p.proname ~ '^(rollups_|refresh_rollups|check_rollups_)'
  loop
    execute format('revoke all on function %s from public', ours);
    for api_role in
      select rolname from pg_catalog.pg_roles where rolname in ('anon', 'authenticated', 'service_role')
    loop
      execute format('revoke all on function %s from %I', ours, api_role);
    end loop;
  end loop;
end
$$;
