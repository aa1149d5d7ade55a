-- What a pasted id names, whatever it is the id of. Arguments that are null ask nothing.
--
-- $1 Auth0 sub · $2 e-mail in lower case · $3 Stripe customer · $4 Stripe subscription
-- $5 Stripe invoice · $6 Stripe payment · $7 uuid · $8 number in Hopsworks · $9 now
--
-- Ids of rows are compared as uuid (`row_id`): as text they would find no index. Each branch is bounded: an
-- id names one record, or a handful where a service repeats itself.
with one as materialized (
  select case when $7 ~ '^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$' then $7::uuid end as uuid
),
named as (
  (select 'user' as kind, u.id, null::text as origin, null::text as title, null::text as state,
          null::text as namespace, u.id as user_id, null::text as cluster_id, null::text as by
   from console.users u where u.id = $1 or u.id = $7 limit 3)
  union all
  (select 'user', u.id, null, null, null, null, u.id, null, null
   from console.users u where u.email = $2 or lower(u.email) = $2 limit 3)
  union all
  (select 'team', t.account_owner_id, null, null, null, null, t.account_owner_id, null,
          'invite for ' || t.email
   from console.team_invites t
   where lower(t.email) = $2 and t.accepted_at is null limit 5)
  union all
  (select 'user', u.id, null, null, null, null, u.id, null, 'Stripe customer'
   from console.users u where u.stripe_customer_id = $3 limit 3)
  union all
  (select 'user', u.id, null, null, null, null, u.id, null, 'Stripe customer in test mode'
   from console.users u where u.stripe_test_customer_id = $3 limit 3)
  union all
  (select 'invoice', s.id, 'subscriptions', s.stripe_subscription_id, s.status, null, s.user_id, null, null
   from console.subscriptions s where s.stripe_subscription_id = $4 or s.row_id = (select uuid from one) limit 3)
  union all
  (select 'invoice', t.id, 'subscriptions', t.id, t.status, null, t.user_id, null, null
   from console.stripe_subscriptions t
   where t.id = $4 and t.livemode = (select m.livemode from console.stripe_mode m)
     and not exists (select from console.subscriptions s where s.stripe_subscription_id = $4)
   limit 1)
  union all
  (select 'user', u.id, null, null, null, null, u.id, null, 'Stripe subscription'
   from console.users u
   where u.stripe_subscription_id = $4
     and not exists (select from console.subscriptions s where s.stripe_subscription_id = $4)
     and not exists (select from console.stripe_subscriptions t where t.id = $4)
   limit 3)
  union all
  (select 'invoice', i.id, i.origin, i.number, null, null, i.user_id, null,
          case when i.stripe_payment_intent_id = $6 then 'Stripe payment' end
   from console.invoices i
   where i.stripe_invoice_id = $5 or i.stripe_payment_intent_id = $6 or i.row_id = (select uuid from one)
   order by i.origin desc
   limit 3)
  union all
  (select 'invoice', m.id, m.origin, coalesce(m.number, m.id), null, null, m.user_id, null,
          case when m.id is distinct from $5 then 'Stripe payment' end
   from console.billed_mirror m
   where m.id = $5 or m.stripe_payment_intent_id = $6 or m.id = any (array(
     select p.invoice_id from console.stripe_invoice_payments p where p.payment_intent_id = $6 and p.invoice_id is not null))
   limit 3)
  union all
  (select 'user', c.user_id, null, null, null, null, c.user_id, null,
          case when c.row_id = (select uuid from one) then 'credit transaction' else 'Stripe payment for credits' end
   from console.credit_transactions c
   where c.stripe_payment_intent_id = $6 or c.row_id = (select uuid from one) limit 3)
  union all
  (select 'cluster', k.id, null, null, null, null, null, k.id, null
   from console.clusters k where k.id = $7 limit 1)
  union all
  (select 'team', t.account_owner_id, null, null, null, null, t.account_owner_id, null,
          'invite for ' || t.email
   from console.team_invites t where t.row_id = (select uuid from one) limit 1)
  union all
  (select 'project', p.user_id, null, p.project_name, p.status, p.namespace, p.user_id, p.cluster_id, null
   from console.user_projects p where p.row_id = (select uuid from one) limit 1)
  union all
  (select 'user', d.user_id, null, null, null, null, d.user_id, null, 'usage of ' || d.date
   from console.usage_daily d where d.row_id = (select uuid from one) limit 1)
  union all
  (select 'user', n.user_id, null, null, null, null, n.user_id, null, 'instance'
   from console.instances n where n.row_id = (select uuid from one) limit 1)
  union all
  (select 'user', u.id, null, null, null, null, u.id, null, 'number in Hopsworks'
   from console.users u where u.hopsworks_user_id = $8 limit 5)
  union all
  (select 'user', a.user_id, null, null, null, null, a.user_id, a.cluster_id, 'number in Hopsworks'
   from console.cluster_assignments a where a.hopsworks_user_id = $8 limit 5)
)
select n.kind, n.id, n.origin, n.title,
       case when n.kind = 'invoice' and n.origin <> 'subscriptions' then console.found_standing(n.origin, n.id, $9) else n.state end
         as state,
       n.namespace, n.user_id, n.by, true as exact,
       u.name, u.email, u.status, u.company,
       case when n.kind = 'team' then (
         select count(*) from console.users m
         where m.account_owner_id = u.id and m.status is distinct from 'deleted'
       ) end as members,
       k.id as cluster_id, k.name as cluster_name, k.region, k.status as cluster_status
from named n
left join console.users u on u.id = n.user_id
left join console.clusters k on k.id = n.cluster_id
order by case n.kind when 'user' then 1 when 'team' then 2 when 'cluster' then 3 when 'project' then 4 else 5 end, n.id
