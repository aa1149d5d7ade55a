-- What staff look up and page through on a large service, as Hopsdesk's statements ask for it.
--
-- Writers wait while these are built, as in 0012, and for the same reason. Hopsdesk compares ids as text:
-- the index on the uuid itself is for the service.

-- Who works on a cluster.
-- squawk-ignore require-concurrent-index-creation
create index user_hopsworks_assignments_cluster_text_idx
on public.user_hopsworks_assignments ((hopsworks_cluster_id::text));

-- All invoices and payments, the newest first, and those of one status.
-- squawk-ignore require-concurrent-index-creation
create index invoices_created_idx on public.invoices (created_at);
-- squawk-ignore require-concurrent-index-creation
create index invoices_status_idx on public.invoices (status, created_at);
-- squawk-ignore require-concurrent-index-creation
create index billing_history_created_idx on public.billing_history (created_at);
-- squawk-ignore require-concurrent-index-creation
create index billing_history_status_idx on public.billing_history (status, created_at);

-- A namespace or an invited address, pasted or typed.
-- squawk-ignore require-concurrent-index-creation
create index user_projects_namespace_idx on public.user_projects (namespace);
-- squawk-ignore require-concurrent-index-creation
create index team_invites_email_idx on public.team_invites (lower(email) text_pattern_ops);
