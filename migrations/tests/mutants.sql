-- Damage the tests must notice, one statement a line; run.sh --mutants applies each to a sound copy.

-- Row level security.
alter table public.users disable row level security
alter table public.invoices disable row level security
alter table public.usage_daily force row level security
alter policy users_read_own_and_team on public.users using (id = ((select auth.jwt()) ->> 'sub'))
alter policy users_read_own_and_team on public.users using (true)
alter policy users_read_own_and_team on public.users using (lower(id) = lower((select auth.jwt()) ->> 'sub') or account_owner_id = ((select auth.jwt()) ->> 'sub'))
alter policy usage_daily_read_own_and_paid on public.usage_daily using (user_id = ((select auth.jwt()) ->> 'sub'))
alter policy usage_daily_read_own_and_paid on public.usage_daily using (user_id in (select id from public.users))
alter policy invoices_read_own on public.invoices using (user_id in (select id from public.users))
alter policy instances_read_own_and_team on public.instances using (user_id = ((select auth.jwt()) ->> 'sub'))
alter policy hopsworks_clusters_read_assigned on public.hopsworks_clusters using (status = 'active')
alter policy team_invites_read_sent_or_accepted on public.team_invites using (account_owner_id = ((select auth.jwt()) ->> 'sub'))
alter policy health_check_failures_read_nobody on public.health_check_failures using (user_id = ((select auth.jwt()) ->> 'sub'))
alter policy stripe_products_read_nobody on public.stripe_products using (active)
create policy more on public.users for select to authenticated using (is_admin)
create policy writes on public.users for update to authenticated using (id = ((select auth.jwt()) ->> 'sub'))
drop policy subscriptions_read_own on public.subscriptions
create table public.forgotten (id int primary key)

-- Privileges.
grant select on public.users to authenticated
grant select (api_key) on public.hopsworks_clusters to authenticated
grant select (token) on public.team_invites to authenticated
grant update (name) on public.users to authenticated
grant insert on public.team_invites to authenticated
grant select on public.account_usage to anon
grant select on public.stripe_products to anon
grant truncate on public.invoices to service_role
grant select on public.instances to public
revoke select on public.subscriptions from authenticated
revoke delete on public.team_invites from service_role
grant create on schema public to authenticated
grant execute on function public.increment_cluster_users(uuid) to public
grant execute on function public.decrement_cluster_users(uuid) to authenticated
alter function public.increment_cluster_users(uuid) security definer
alter function public.decrement_cluster_users(uuid) reset search_path
alter view public.team_members reset (security_invoker)
alter view public.account_usage set (security_invoker = off)
alter table public.users owner to app

-- Money.
alter table public.credit_transactions alter column amount type numeric(10, 2)
alter table public.user_credits alter column total_used type numeric(12, 4)
alter table public.usage_daily drop constraint usage_daily_cpu_hours_check
alter table public.usage_daily drop constraint usage_daily_cpu_hours_check, add constraint usage_daily_cpu_hours_check check (cpu_hours >= 0)
alter table public.usage_daily drop constraint usage_daily_user_id_date_key
alter table public.credit_transactions drop constraint credit_transactions_balance_check
alter table public.credit_transactions drop constraint credit_transactions_amount_check
alter table public.user_credits drop constraint user_credits_free_credits_used_check
alter table public.billing_history drop constraint billing_history_invoice_id_key
alter table public.billing_history drop constraint billing_history_paid_at_check
drop index public.credit_transactions_purchase_once_key
drop trigger usage_daily_account_owner on public.usage_daily
alter table public.invoices drop constraint invoices_user_id_fkey, add constraint invoices_user_id_fkey foreign key (user_id) references public.users (id) on delete cascade
create or replace view public.account_usage_summary with (security_invoker = on) as select d.account_owner_id, o.email as owner_email, o.name as owner_name, d.date, count(*) as active_users, sum(d.cpu_hours) as cpu_hours, sum(d.gpu_hours) as gpu_hours, sum(d.storage_gb) as storage_gb, sum(d.total_cost) as total_cost, jsonb_object_agg(d.user_id, to_jsonb(d)) as usage_by_user from public.usage_daily as d left join public.users as o on o.id = d.account_owner_id group by d.account_owner_id, o.email, o.name, d.date

-- Teams, seats, keys.
alter table public.users drop constraint users_account_owner_is_owner_fkey, add constraint users_account_owner_fkey foreign key (account_owner_id) references public.users (id)
alter table public.users drop constraint users_account_owner_check
alter table public.users drop constraint users_deleted_check
drop index public.users_email_folded_key
drop index public.users_email_trgm_idx
drop index public.users_created_at_idx
drop index public.users_account_owner_idx
drop index public.team_invites_one_waiting_key
drop index public.user_projects_active_namespace_key
drop index public.usage_daily_account_owner_idx
drop trigger user_credits_updated_at on public.user_credits
alter table public.hopsworks_clusters drop constraint hopsworks_clusters_current_users_check
alter table public.user_hopsworks_assignments drop constraint user_hopsworks_assignments_user_id_key
create or replace function public.increment_cluster_users(cluster_id uuid) returns void language sql set search_path = '' as 'update public.hopsworks_clusters set current_users = current_users + 1 where id = cluster_id'
comment on column public.usage_daily.cpu_hours is null
comment on table public.instances is null
alter table public.invoices alter column due_date type timestamp, alter column paid_at type timestamp

-- The console: who may, what is on record, what is taken back.
grant execute on function console.adjust_credits(text, jsonb, text, boolean) to public
grant select on console.staff to console_auditor
grant select (registration_ip) on console.users to console_finance
grant update on console.users to console_admin
alter table console.outbox disable row level security
alter table console.audit disable trigger append_only
alter table console.audit_heads disable trigger never_removed
drop trigger audit_chained on console.audit
alter function console.suspend_account(text, jsonb, text, boolean) security invoker
alter function console.act(text, text, jsonb, text, boolean, text) security definer
alter function console.grant_credits(text, jsonb, text, boolean) reset search_path
update console.actions set groups = '{support,finance,admin}' where name = 'adjust_credits'
create or replace function console.caller_elevated() returns console.staff language sql set search_path = '' as 'select console.caller()'
create or replace function console.caller() returns console.staff language sql set search_path = '' as 'select s.* from console.staff as s where s.login = session_user'
create or replace function console.hindrance(p_action text, p_subject text, p_state jsonb) returns text language sql set search_path = '' as 'select null::text'
create or replace function console.check_version(p_subject text, p_state jsonb, p_expected text) returns void language sql set search_path = '' as 'select null::void'
create or replace function console.lock_clusters(p_ids text[]) returns void language sql set search_path = '' as 'select null::void'
create or replace function console.effect_mode(p_effect text, p_cluster_id text) returns text language sql set search_path = '' as 'select ''live'''
create or replace function console.may_see_addresses() returns boolean language sql security definer set search_path = '' as 'select true'
create or replace function console.audit_data_digest(p_salt bytea, p_data jsonb) returns bytea language sql stable set search_path = '' as 'select pg_catalog.sha256(p_salt)'
create or replace function console.elevation(p_login text) returns console.elevations language sql set search_path = '' as 'select e from console.elevations as e where e.login = p_login order by e.until desc limit 1'
create or replace function console.elevation(p_login text) returns console.elevations language sql set search_path = '' as 'select e from console.elevations as e where e.ended_at is null and e.until > clock_timestamp() order by e.until desc limit 1'

-- What follows from Stripe's news once, and of whom all is known.
create or replace function console.stripe_ends_due(p_customer text, p_livemode boolean) returns boolean language sql stable set search_path = '' as 'select true'
create or replace function console.stripe_is_whole(p_customer text, p_livemode boolean) returns boolean language sql stable set search_path = '' as 'select true'

-- Stripe's word, and what a person took by hand.
create or replace function console.stripe_adjusted(p_checkout text) returns jsonb language sql stable set search_path = '' as $$ select '{}'::jsonb $$
create or replace function console.stripe_word(p_invoice text, p_currency text) returns setof text language sql stable security definer rows 1 set search_path = '' as $$ select t.status from console.stripe_invoices as t where t.id = p_invoice $$
