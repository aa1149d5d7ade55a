-- What a pasted id names, whatever it is the id of. Arguments that are null ask nothing, and what is not asked is not
-- planned either: an address of e-mail is looked for in two places, not in twenty.
--
-- p_user: Auth0 sub · p_email: in lower case · p_customer, p_subscription, p_invoice, p_payment: Stripe's
-- p_uuid: as text · p_number: in Hopsworks
--
-- Ids of rows are compared as uuid (`row_id`): as text they would find no index. Each question is about one id, so that
-- its plan is the same whatever else is asked, and bounded: an id names one record, or a handful where a service repeats
-- itself.
create function console.named(
  p_user text, p_email text, p_customer text, p_subscription text, p_invoice text, p_payment text, p_uuid text, p_number bigint
) returns table (
  kind text, id text, origin text, title text, state text, namespace text, user_id text, cluster_id text, by text
)
language plpgsql
stable
rows 5
set search_path = ''
set plan_cache_mode = force_generic_plan
set jit = off
as $function$
#variable_conflict use_column
declare
  v_uuid uuid := case when p_uuid ~ '^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$' then p_uuid::uuid end;
begin
  if p_user is not null then
    return query
    select 'user'::text, u.id, null::text, null::text, null::text, null::text, u.id, null::text, null::text
    from console.users as u where u.id = p_user limit 3;
  end if;
  if p_email is not null then
    return query
    select 'user'::text, u.id, null::text, null::text, null::text, null::text, u.id, null::text, null::text
    from console.users as u where u.email = p_email or lower(u.email) = p_email limit 3;
    return query
    select 'team'::text, t.account_owner_id, null::text, null::text, null::text, null::text,
           t.account_owner_id, null::text, 'invite for ' || t.email
    from console.team_invites as t where lower(t.email) = p_email and t.accepted_at is null limit 5;
  end if;
  if p_customer is not null then
    return query
    select 'user'::text, u.id, null::text, null::text, null::text, null::text, u.id, null::text, 'Stripe customer'::text
    from console.users as u where u.stripe_customer_id = p_customer limit 3;
    return query
    select 'user'::text, u.id, null::text, null::text, null::text, null::text,
           u.id, null::text, 'Stripe customer in test mode'::text
    from console.users as u where u.stripe_test_customer_id = p_customer limit 3;
  end if;
  if p_subscription is not null then
    return query
    select 'invoice'::text, s.id, 'subscriptions'::text, s.stripe_subscription_id, s.status, null::text,
           s.user_id, null::text, null::text
    from console.subscriptions as s where s.stripe_subscription_id = p_subscription limit 3;
    return query
    select 'invoice'::text, t.id, 'subscriptions'::text, t.id, t.status, null::text, t.user_id, null::text, null::text
    from console.stripe_subscriptions as t
    where t.id = p_subscription and t.livemode = (select m.livemode from console.stripe_mode as m)
      and not exists (select from console.subscriptions as s where s.stripe_subscription_id = p_subscription)
    limit 1;
    return query
    select 'user'::text, u.id, null::text, null::text, null::text, null::text, u.id, null::text, 'Stripe subscription'::text
    from console.users as u
    where u.stripe_subscription_id = p_subscription
      and not exists (select from console.subscriptions as s where s.stripe_subscription_id = p_subscription)
      and not exists (select from console.stripe_subscriptions as t where t.id = p_subscription)
    limit 3;
  end if;
  if p_invoice is not null then
    return query
    select 'invoice'::text, i.id, i.origin, i.number, null::text, null::text, i.user_id, null::text, null::text
    from console.invoices as i where i.stripe_invoice_id = p_invoice order by i.origin desc limit 3;
    return query
    select 'invoice'::text, m.id, m.origin, coalesce(m.number, m.id), null::text, null::text,
           m.user_id, null::text, null::text
    from console.billed_mirror as m
    where m.id = p_invoice
    limit 3;
  end if;
  if p_payment is not null then
    return query
    select 'invoice'::text, i.id, i.origin, i.number, null::text, null::text, i.user_id, null::text, 'Stripe payment'::text
    from console.invoices as i where i.stripe_payment_intent_id = p_payment order by i.origin desc limit 3;
    return query
    select 'invoice'::text, m.id, m.origin, coalesce(m.number, m.id), null::text, null::text,
           m.user_id, null::text, 'Stripe payment'::text
    from console.billed_mirror as m
    where m.stripe_payment_intent_id = p_payment or m.id = any (array(
        select p.invoice_id from console.stripe_invoice_payments as p
        where p.payment_intent_id = p_payment and p.invoice_id is not null))
    limit 3;
    return query
    select 'user'::text, c.user_id, null::text, null::text, null::text, null::text,
           c.user_id, null::text, 'Stripe payment for credits'::text
    from console.credit_transactions as c where c.stripe_payment_intent_id = p_payment limit 3;
  end if;
  if p_uuid is not null then
    return query
    select 'user'::text, u.id, null::text, null::text, null::text, null::text, u.id, null::text, null::text
    from console.users as u where u.id = p_uuid limit 3;
    return query
    select 'cluster'::text, k.id, null::text, null::text, null::text, null::text, null::text, k.id, null::text
    from console.clusters as k where k.id = p_uuid limit 1;
  end if;
  if v_uuid is not null then
    return query
    select 'invoice'::text, s.id, 'subscriptions'::text, s.stripe_subscription_id, s.status, null::text,
           s.user_id, null::text, null::text
    from console.subscriptions as s where s.row_id = v_uuid limit 3;
    return query
    select 'invoice'::text, i.id, i.origin, i.number, null::text, null::text, i.user_id, null::text, null::text
    from console.invoices as i where i.row_id = v_uuid order by i.origin desc limit 3;
    return query
    select 'user'::text, c.user_id, null::text, null::text, null::text, null::text,
           c.user_id, null::text, 'credit transaction'::text
    from console.credit_transactions as c where c.row_id = v_uuid limit 3;
    return query
    select 'team'::text, t.account_owner_id, null::text, null::text, null::text, null::text,
           t.account_owner_id, null::text, 'invite for ' || t.email
    from console.team_invites as t where t.row_id = v_uuid limit 1;
    return query
    select 'project'::text, p.user_id, null::text, p.project_name, p.status, p.namespace, p.user_id, p.cluster_id, null::text
    from console.user_projects as p where p.row_id = v_uuid limit 1;
    return query
    select 'user'::text, d.user_id, null::text, null::text, null::text, null::text,
           d.user_id, null::text, 'usage of ' || d.date
    from console.usage_daily as d where d.row_id = v_uuid limit 1;
    return query
    select 'user'::text, n.user_id, null::text, null::text, null::text, null::text, n.user_id, null::text, 'instance'::text
    from console.instances as n where n.row_id = v_uuid limit 1;
  end if;
  if p_number is not null then
    return query
    select 'user'::text, u.id, null::text, null::text, null::text, null::text, u.id, null::text, 'number in Hopsworks'::text
    from console.users as u where u.hopsworks_user_id = p_number limit 5;
    return query
    select 'user'::text, a.user_id, null::text, null::text, null::text, null::text,
           a.user_id, a.cluster_id, 'number in Hopsworks'::text
    from console.cluster_assignments as a where a.hopsworks_user_id = p_number limit 5;
  end if;
end
$function$;

comment on function console.named is 'Which records an id names.';
