-- The Overview counts the expired invites that the Teams list shows: both lead to the same teams, and two
-- counts of one thing make people doubt both. Teams are counted before the figures in each round.
create function console.rollups_refresh_figures(p_now timestamptz) returns bigint
language plpgsql
security definer
set search_path = ''
set plan_cache_mode = force_custom_plan
set work_mem = '32MB'
set jit = off
as $function$
declare
  v_today date := (p_now at time zone 'UTC')::date;
  v_month timestamptz := date_trunc('month', p_now, 'UTC');
begin
  insert into console.service_figures as f (
    only_one, accounts, accounts_new, users, users_active, no_seat, invites_expired, credits_balance,
    credits_low, invoices_open, invoices_open_amount, invoices_overdue, invoices_overdue_amount,
    oldest_due, as_of
  )
  select
    true, people.accounts, people.accounts_new, people.users, people.active, seats.missing, invites.expired,
    credits.balance, credits.low, invoices.open, invoices.open_amount, invoices.overdue,
    invoices.overdue_amount, invoices.oldest_due, p_now
  from (
    select
      count(*) filter (where u.account_owner_id is null) as accounts,
      count(*) filter (where u.account_owner_id is null and u.created_at >= v_month) as accounts_new,
      count(*) as users,
      count(*) filter (
        where u.last_login_at >= p_now - interval '30 days'
          or u.id in (
            select m.user_id from console.usage_by_user_month as m
            where m.month >= date_trunc('month', v_today - 29)::date and m.last_cost_day > v_today - 30
          )
      ) as active
    from console.users as u
    where u.status is distinct from 'deleted'
  ) as people
  cross join (select count(*) as missing from console.without_seat) as seats
  cross join (
    select coalesce(sum(t.invites_expired), 0) as expired
    from console.team_standing as t
  ) as invites
  cross join (
    select
      coalesce(sum(s.balance) filter (
        where s.billing_mode = 'prepaid' and o.account_owner_id is null and coalesce(o.status, 'active') = 'active'
      ), 0) as balance,
      count(*) filter (where s.low) as low
    from console.credit_standing as s
    join console.users as o on o.id = s.account_id
  ) as credits
  cross join (
    select
      count(*) as open, coalesce(sum(i.amount) filter (where i.currency = 'usd'), 0) as open_amount,
      count(*) filter (where i.is_overdue) as overdue,
      coalesce(sum(i.amount) filter (where i.is_overdue and i.currency = 'usd'), 0) as overdue_amount,
      min(i.due_at) filter (where i.is_overdue) as oldest_due
    from (
      select v.amount, v.currency, v.due_at, coalesce(v.failed or v.due_at < p_now, false) as is_overdue
      from console.open_invoices as v
    ) as i
  ) as invoices
  on conflict (only_one) do update set
    accounts = excluded.accounts, accounts_new = excluded.accounts_new, users = excluded.users,
    users_active = excluded.users_active, no_seat = excluded.no_seat,
    invites_expired = excluded.invites_expired, credits_balance = excluded.credits_balance,
    credits_low = excluded.credits_low, invoices_open = excluded.invoices_open,
    invoices_open_amount = excluded.invoices_open_amount, invoices_overdue = excluded.invoices_overdue,
    invoices_overdue_amount = excluded.invoices_overdue_amount, oldest_due = excluded.oldest_due,
    as_of = excluded.as_of;
  return 1;
end
$function$;

comment on function console.rollups_refresh_figures(timestamptz) is 'Internal: counts the Overview''s figures anew.';
