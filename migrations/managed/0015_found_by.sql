-- What staff look up on a large service, as Hopsdesk's statements ask for it, that 0013 and 0014 leave out.
--
-- Writers wait while these are built, as in 0012, and for the same reason. Hopsdesk compares ids as text:
-- the index on the uuid itself is for the service.

-- Who works on a cluster.
-- squawk-ignore require-concurrent-index-creation
create index user_hopsworks_assignments_cluster_text_idx
on public.user_hopsworks_assignments ((hopsworks_cluster_id::text));

-- The projects of a cluster.
-- squawk-ignore require-concurrent-index-creation
create index user_projects_cluster_text_idx on public.user_projects ((hopsworks_cluster_id::text));

-- Invoices and charges of one status as the service writes it; 0014 has them as the console's lists read it.
-- squawk-ignore require-concurrent-index-creation
create index invoices_status_created_idx on public.invoices (status, created_at);
-- squawk-ignore require-concurrent-index-creation
create index billing_history_status_created_idx on public.billing_history (status, created_at);

-- A namespace, pasted or typed; the beginning of an invited address.
-- squawk-ignore require-concurrent-index-creation
create index user_projects_namespace_idx on public.user_projects (namespace);
-- squawk-ignore require-concurrent-index-creation
create index team_invites_email_prefix_idx on public.team_invites (lower(email) text_pattern_ops);
