-- Everything a person may type or paste into the search box is found by an index: companies, projects,
-- invoice numbers, payments, invitations by address, and names and numbers in Hopsworks.
--
-- Writers wait while these are built: not `concurrently`, because a set is applied whole or not at all.

-- A team goes by its owner's company; that its members note it too says nothing new.
-- squawk-ignore require-concurrent-index-creation
create index users_company_prefix_idx on public.users (lower(metadata ->> 'company') text_pattern_ops)
where (metadata ->> 'company') is not null and account_owner_id is null;
-- squawk-ignore require-concurrent-index-creation
create index users_company_trgm_idx on public.users using gin ((metadata ->> 'company') extensions.gin_trgm_ops)
where (metadata ->> 'company') is not null and account_owner_id is null;
-- A number or a name copied out of Hopsworks.
-- squawk-ignore require-concurrent-index-creation
create index users_hopsworks_user_id_idx on public.users (hopsworks_user_id) where hopsworks_user_id is not null;
-- squawk-ignore require-concurrent-index-creation
create index user_hopsworks_assignments_username_idx on public.user_hopsworks_assignments (hopsworks_username)
where hopsworks_username is not null;
-- squawk-ignore require-concurrent-index-creation
create index user_hopsworks_assignments_user_number_idx on public.user_hopsworks_assignments (hopsworks_user_id)
where hopsworks_user_id is not null;
-- Somebody who was invited and never came is known by the address alone.
-- squawk-ignore require-concurrent-index-creation
create index team_invites_email_idx on public.team_invites (lower(email));
-- squawk-ignore require-concurrent-index-creation
create index user_projects_trgm_idx
on public.user_projects using gin (project_name extensions.gin_trgm_ops, namespace extensions.gin_trgm_ops);
-- squawk-ignore require-concurrent-index-creation
create index invoices_number_trgm_idx on public.invoices using gin (invoice_number extensions.gin_trgm_ops);
-- squawk-ignore require-concurrent-index-creation
create index billing_history_invoice_id_trgm_idx
on public.billing_history using gin (invoice_id extensions.gin_trgm_ops);
-- A payment, as Stripe names it.
-- squawk-ignore require-concurrent-index-creation
create index billing_history_payment_idx on public.billing_history (stripe_payment_intent_id)
where stripe_payment_intent_id is not null;
-- squawk-ignore require-concurrent-index-creation
create index credit_transactions_payment_idx on public.credit_transactions (stripe_payment_intent_id)
where stripe_payment_intent_id is not null;
