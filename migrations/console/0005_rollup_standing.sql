-- Credits, teams and seats: counted anew from the service's tables each time, and
-- written only where they differ. Called by refresh_rollups, in its transaction.

-- Credits with the pace at which they are spent. The pace of everybody is measured when the day changes,
-- by one reading of fourteen days; in between that of accounts whose usage changed, which whoever counted
-- it marked by an older pace_day.
create function console.rollups_refresh_credits(
  p_now timestamptz, p_pace_days integer, p_low_days integer, p_forecast_days integer
) returns bigint
language plpgsql
security definer
set search_path = ''
set plan_cache_mode = force_custom_plan
set work_mem = '32MB'
set jit = off
as $function$
declare
  v_today date := (p_now at time zone 'UTC')::date;
  v_first date := v_today - p_pace_days;
  v_stale bigint;
  v_changed bigint;
begin
  delete from console.accounts_changed;
  insert into console.accounts_changed (account_id)
  select distinct c.user_id
  from console.user_credits as c
  left join console.credit_standing as s on s.account_id = c.user_id
  where c.user_id is not null and s.pace_day is distinct from v_today;
  get diagnostics v_stale = row_count;

  with spent as materialized (
    -- Many: one reading of all rows of these days.
    select coalesce(d.account_owner_id, d.user_id) as account_id, sum(d.total_cost) as cost
    from console.usage_daily as d
    where v_stale > 1000 and d.date >= v_first and d.date < v_today
    group by 1
    union all
    -- Few: the rows of their people, who are known by month.
    select a.account_id, sum(d.total_cost)
    from console.accounts_changed as a
    cross join lateral (
      select distinct m.user_id from console.usage_by_user_month as m
      where m.account_id = a.account_id and m.month >= date_trunc('month', v_first)::date and m.month <= v_today
    ) as p
    join console.usage_daily as d
      on d.user_id = p.user_id and d.date >= v_first and d.date < v_today
      and coalesce(d.account_owner_id, d.user_id) = a.account_id
    where v_stale <= 1000
    group by 1
  ),
  paced as (
    select a.account_id, coalesce(s.cost, 0) as spent
    from console.accounts_changed as a
    left join spent as s on s.account_id = a.account_id
  ),
  amounts as (
    -- One row an account, though not every database sees to it.
    select distinct on (c.user_id)
      c.user_id as account_id, o.status, o.billing_mode,
      coalesce(o.billing_mode = 'prepaid' and o.account_owner_id is null, false)
        and coalesce(o.status, 'active') = 'active' as spends,
      coalesce(c.total_purchased, 0) as purchased, coalesce(c.total_used, 0) as used,
      coalesce(c.free_credits_granted, 0) as granted, coalesce(c.free_credits_used, 0) as granted_used,
      c.last_purchase_at
    from console.user_credits as c
    left join console.users as o on o.id = c.user_id
    where c.user_id is not null
    order by c.user_id, c.updated_at desc nulls last
  ),
  balances as (
    select
      a.*, a.purchased - a.used as paid_left, a.granted - a.granted_used as free_left,
      a.purchased - a.used + a.granted - a.granted_used as balance,
      coalesce(p.spent, k.spent_14_days, 0) as spent,
      coalesce(p.spent, k.spent_14_days, 0) / p_pace_days as per_day
    from amounts as a
    left join paced as p on p.account_id = a.account_id
    left join console.credit_standing as k on k.account_id = a.account_id
  ),
  truth as materialized (
    select
      b.account_id, b.status, b.billing_mode, b.purchased, b.used, b.granted, b.granted_used,
      b.paid_left, b.free_left, b.balance, b.spent as spent_14_days, b.per_day, v_today as pace_day,
      case
        when b.balance <= 0 then v_today
        when b.per_day <= 0 then null
        when div(b.balance, b.per_day) <= p_forecast_days then v_today + div(b.balance, b.per_day)::integer
      end as runs_out_on,
      b.spends and (b.balance <= 0 or (b.per_day > 0 and div(b.balance, nullif(b.per_day, 0)) <= p_low_days)) as low,
      b.last_purchase_at
    from balances as b
  ),
  gone as (
    delete from console.credit_standing as k
    where not exists (select from truth as t where t.account_id = k.account_id)
    returning 1
  ),
  put as (
    insert into console.credit_standing (
      account_id, status, billing_mode, purchased, used, granted, granted_used, paid_left, free_left,
      balance, spent_14_days, per_day, pace_day, runs_out_on, low, last_purchase_at
    )
    select t.*
    from truth as t
    left join console.credit_standing as k on k.account_id = t.account_id
    where k.account_id is null
      or (
        t.status, t.billing_mode, t.purchased, t.used, t.granted, t.granted_used, t.spent_14_days,
        t.per_day, t.pace_day, t.runs_out_on, t.low, t.last_purchase_at
      ) is distinct from (
        k.status, k.billing_mode, k.purchased, k.used, k.granted, k.granted_used, k.spent_14_days,
        k.per_day, k.pace_day, k.runs_out_on, k.low, k.last_purchase_at
      )
    on conflict (account_id) do update set
      status = excluded.status, billing_mode = excluded.billing_mode, purchased = excluded.purchased,
      used = excluded.used, granted = excluded.granted, granted_used = excluded.granted_used,
      paid_left = excluded.paid_left, free_left = excluded.free_left, balance = excluded.balance,
      spent_14_days = excluded.spent_14_days, per_day = excluded.per_day, pace_day = excluded.pace_day,
      runs_out_on = excluded.runs_out_on, low = excluded.low, last_purchase_at = excluded.last_purchase_at
    returning 1
  )
  select (select count(*) from gone) + (select count(*) from put) into v_changed;
  delete from console.accounts_changed;
  return v_changed;
end
$function$;

comment on function console.rollups_refresh_credits(timestamptz, integer, integer, integer) is
  'Internal: counts credits, pace and run-out day anew; how many accounts it changed.';

create function console.rollups_refresh_teams(p_now timestamptz) returns bigint
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
  with truth as materialized (
    select
      p.account_id, sum(p.members)::integer as members, sum(p.active)::integer as members_active,
      sum(p.suspended)::integer as members_suspended, sum(p.pending)::integer as invites_pending,
      sum(p.expired)::integer as invites_expired,
      -- Not every database forbids two users of one id.
      (select min(o.created_at) from console.users as o where o.id = p.account_id) as created_at
    from (
      select
        u.account_owner_id as account_id, count(*) as members,
        count(*) filter (where coalesce(u.status, 'active') = 'active') as active,
        count(*) filter (where u.status = 'suspended') as suspended, 0 as pending, 0 as expired
      from console.users as u
      where u.account_owner_id is not null and u.status is distinct from 'deleted'
      group by 1
      union all
      select
        t.account_owner_id, 0, 0, 0, count(*) filter (where t.ends_at > p_now or t.ends_at is null),
        count(*) filter (where t.ends_at <= p_now)
      from console.team_invites as t
      where t.account_owner_id is not null and t.accepted_at is null
      group by 1
    ) as p
    group by 1
  ),
  gone as (
    delete from console.team_standing as k
    where not exists (select from truth as t where t.account_id = k.account_id)
    returning 1
  ),
  put as (
    insert into console.team_standing (
      account_id, members, members_active, members_suspended, invites_pending, invites_expired, created_at
    )
    select t.*
    from truth as t
    left join console.team_standing as k on k.account_id = t.account_id
    where (t.members, t.members_active, t.members_suspended, t.invites_pending, t.invites_expired, t.created_at)
      is distinct from
      (k.members, k.members_active, k.members_suspended, k.invites_pending, k.invites_expired, k.created_at)
      or k.account_id is null
    on conflict (account_id) do update set
      members = excluded.members, members_active = excluded.members_active,
      members_suspended = excluded.members_suspended, invites_pending = excluded.invites_pending,
      invites_expired = excluded.invites_expired, created_at = excluded.created_at
    returning 1
  )
  select (select count(*) from gone) + (select count(*) from put) into v_changed;
  return v_changed;
end
$function$;

comment on function console.rollups_refresh_teams(timestamptz) is
  'Internal: counts members and unanswered invites per account anew; how many accounts it changed.';

create function console.rollups_refresh_seats(p_now timestamptz) returns bigint
language plpgsql
security definer
set search_path = ''
set plan_cache_mode = force_custom_plan
set work_mem = '32MB'
set jit = off
as $function$
declare
  v_seats bigint;
  v_without bigint;
begin
  with truth as materialized (
    select
      a.cluster_id, count(*)::integer as assigned,
      (count(*) filter (where a.assigned_at > p_now - interval '30 days'))::integer as assigned_lately,
      max(a.assigned_at) as last_assigned_at
    from console.cluster_assignments as a
    where a.cluster_id is not null and a.user_id is not null
    group by 1
  ),
  gone as (
    delete from console.cluster_seats as k
    where not exists (select from truth as t where t.cluster_id = k.cluster_id)
    returning 1
  ),
  put as (
    insert into console.cluster_seats (cluster_id, assigned, assigned_lately, last_assigned_at)
    select t.*
    from truth as t
    left join console.cluster_seats as k on k.cluster_id = t.cluster_id
    where (t.assigned, t.assigned_lately, t.last_assigned_at)
      is distinct from (k.assigned, k.assigned_lately, k.last_assigned_at)
    on conflict (cluster_id) do update set
      assigned = excluded.assigned, assigned_lately = excluded.assigned_lately,
      last_assigned_at = excluded.last_assigned_at
    returning 1
  )
  select (select count(*) from gone) + (select count(*) from put) into v_seats;

  with truth as materialized (
    -- Where seats are not recorded, nobody is known to be without one.
    select u.id as user_id
    from console.users as u
    where coalesce(u.status, 'active') = 'active'
      and not exists (select from console.cluster_assignments as a where a.user_id = u.id)
      and exists (
        select from console.attached_columns as c
        where c.view_name = 'cluster_assignments' and c.column_name = 'cluster_id' and c.source is not null
      )
  ),
  gone as (
    delete from console.without_seat as k
    where not exists (select from truth as t where t.user_id = k.user_id)
    returning 1
  ),
  put as (
    insert into console.without_seat (user_id)
    select t.user_id from truth as t
    where not exists (select from console.without_seat as k where k.user_id = t.user_id)
    returning 1
  )
  select (select count(*) from gone) + (select count(*) from put) into v_without;
  return v_seats + v_without;
end
$function$;

comment on function console.rollups_refresh_seats(timestamptz) is
  'Internal: counts seats per cluster, and lists active users without one; how many rows it changed.';

do $$
declare
  ours text;
  api_role text;
begin
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
