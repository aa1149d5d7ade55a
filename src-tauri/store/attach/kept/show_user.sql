-- One user's page: profile, terms, seat and instance, the credits of the account that pays, and what decides
-- whether the person can work. `p_today` and `p_now` are the caller's, `p_month` the first of its month.
--
-- What is one value is asked by a sub-select: joined, these would have the planner weigh orders of joins,
-- once a session, for longer than the page takes to read.
create function console.show_user(p_id text, p_month date, p_today date, p_now timestamptz)
returns table (
  id text, name text, email text, status text, account_owner_id text, plan text,
  created_at timestamptz, last_login_at timestamptz,
  owner_name text, owner_email text, owner_status text, company text, members bigint,
  cluster_id text, cluster_name text, cluster_status text, hopsworks_username text, hopsworks_user_id bigint, has_hopsworks_user boolean,
  month_cost numeric, instance_status text,
  total_purchased numeric, total_used numeric, free_credits_granted numeric, free_credits_used numeric,
  has_credits boolean, last_purchase_at timestamptz, per_day numeric, invoices_overdue bigint,
  is_admin boolean, registration_source text, registration_ip text, registration_ip_hidden boolean, login_count bigint,
  stripe_customer_id text, stripe_test_customer_id text, stripe_subscription_status text, stripe_subscription_id text,
  spending_cap numeric, feature_flags jsonb, auto_refill_enabled boolean, auto_refill_amount numeric,
  auto_refill_threshold numeric, downgrade_deadline timestamptz, terms_accepted_at timestamptz,
  marketing_consent boolean, promo_code text, deleted_at timestamptz, deletion_reason text,
  assigned_at timestamptz, assigned_by text,
  instance_name text, instance_url text, instance_activated_at timestamptz, has_instance boolean
)
language plpgsql
stable
set search_path = ''
set plan_cache_mode = force_generic_plan
as $function$
#variable_conflict use_column
begin
  return query
  select
    u.id, u.name, u.email, u.status, u.account_owner_id,
    case when u.account_owner_id is null then u.billing_mode else o.billing_mode end as plan,
    u.created_at, u.last_login_at,
    o.name as owner_name, o.email as owner_email, o.status as owner_status,
    coalesce(o.company, case when o.id is null then u.company end) as company,
    (select count(*) from console.users m
     where m.account_owner_id = payer.id and m.status is distinct from 'deleted') as members,
    seat.cluster_id, k.name as cluster_name, k.status as cluster_status,
    coalesce(seat.hopsworks_username, u.hopsworks_username) as hopsworks_username,
    coalesce(seat.hopsworks_user_id, u.hopsworks_user_id) as hopsworks_user_id,
    coalesce(seat.hopsworks_username, u.hopsworks_username) is not null as has_hopsworks_user,
    (select sum(d.total_cost) from console.usage_daily d
     where d.user_id = u.id and d.date between p_month and p_today) as month_cost,
    instance.status as instance_status,
    c.total_purchased, c.total_used, c.free_credits_granted, c.free_credits_used,
    c.user_id is not null as has_credits, c.last_purchase_at,
    (select s.per_day from console.credit_standing s where s.account_id = payer.id) as per_day,
    (select count(*) from console.open_invoices i
     where i.user_id = payer.id and (i.failed or i.due_at < p_now)) as invoices_overdue,
    coalesce(u.is_admin, false) as is_admin,
    u.registration_source,
    -- Not the column itself: whoever may not read it may read the rest of the page.
    console.registration_address(u.id) as registration_ip,
    not console.may_see_addresses() as registration_ip_hidden, u.login_count,
    u.stripe_customer_id, u.stripe_test_customer_id, u.stripe_subscription_status, u.stripe_subscription_id,
    u.spending_cap, u.feature_flags, u.auto_refill_enabled, u.auto_refill_amount, u.auto_refill_threshold,
    u.downgrade_deadline, u.terms_accepted_at, u.marketing_consent, u.promo_code,
    u.deleted_at, u.deletion_reason,
    seat.assigned_at, seat.assigned_by,
    instance.name as instance_name, instance.url as instance_url,
    instance.activated_at as instance_activated_at, instance.found as has_instance
  from console.users u
  left join console.users o on o.id = u.account_owner_id
  cross join lateral (select coalesce(u.account_owner_id, u.id) as id) payer
  left join console.user_credits c on c.user_id = payer.id
  left join lateral (
    select a.cluster_id, a.hopsworks_username, a.hopsworks_user_id, a.assigned_at, a.assigned_by
    from console.cluster_assignments a
    where a.user_id = u.id
    order by a.assigned_at desc nulls last
    limit 1
  ) seat on true
  left join console.clusters k on k.id = seat.cluster_id
  left join lateral (
    select true as found, i.name, i.url, i.status, i.activated_at
    from console.instances i
    where i.user_id = payer.id and i.deleted_at is null
    limit 1
  ) instance on true
  where u.id = p_id;
end
$function$;

comment on function console.show_user is 'One user''s page.';
