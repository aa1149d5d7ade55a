-- Takes the samples out, and leaves whoever came from outside, with everything of theirs. Foreign keys
-- rest in this transaction, so the order is of no matter.

create temporary table outside on commit drop as
select u.id
from public.users as u
where not exists (select from hopsdesk_sandbox.sample_users as s where s.id = u.id);
alter table outside add primary key (id);
analyze outside;

delete from public.usage_daily as d where not exists (select from outside as o where o.id = d.user_id);
delete from public.credit_transactions as t where not exists (select from outside as o where o.id = t.user_id);
delete from public.user_credits as c where not exists (select from outside as o where o.id = c.user_id);
delete from public.billing_history as b where not exists (select from outside as o where o.id = b.user_id);
delete from public.invoices as i where not exists (select from outside as o where o.id = i.user_id);
delete from public.subscriptions as s where not exists (select from outside as o where o.id = s.user_id);
delete from public.user_pricing_overrides as p where not exists (select from outside as o where o.id = p.user_id);
delete from public.instances as i where not exists (select from outside as o where o.id = i.user_id);
delete from public.user_projects as p where not exists (select from outside as o where o.id = p.user_id);
delete from public.feature_groups as f where not exists (select from outside as o where o.id = f.user_id);
delete from public.model_deployments as m where not exists (select from outside as o where o.id = m.user_id);
delete from public.user_hopsworks_assignments as a
where not exists (select from outside as o where o.id = a.user_id);
delete from public.team_invites as i where not exists (select from outside as o where o.id = i.account_owner_id);
delete from public.project_member_roles as r
where not exists (select from outside as o where o.id = r.account_owner_id);
-- A finding without a user is about somebody we do not know: it came from outside.
delete from public.health_check_failures as h
where h.user_id is not null and not exists (select from outside as o where o.id = h.user_id);
delete from public.users as u where not exists (select from outside as o where o.id = u.id);
-- Ours by the form of their ids; both are the same for every seed.
delete from public.hopsworks_clusters where id::text like '5a4db0c5-0000-4000-8000-%';
delete from public.stripe_products where stripe_product_id like 'prod_Sandbox%';
