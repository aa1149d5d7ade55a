-- Finding users as somebody types, and the few who are not active, in a service of a million.

-- Two letters make no trigram worth having: they begin a tenth of all names. An ordered index stops
-- after the first hundred, whatever the collation of the database.
create index users_email_prefix_idx on public.users (lower(email) text_pattern_ops);
create index users_name_prefix_idx on public.users (lower(name) text_pattern_ops);
-- Suspended and deleted users are few, and staff look at all of them.
create index users_not_active_idx on public.users (status, created_at, id) where status <> 'active';
