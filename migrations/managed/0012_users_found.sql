-- Finding users as somebody types, and the few who are not active, in a service of a million.
--
-- Writers wait while these are built, a few seconds at a million users: not `concurrently`, because a
-- set is applied whole or not at all.

-- Two letters make no trigram worth having: they begin a tenth of all names. An ordered index stops
-- after the first hundred, whatever the collation of the database.
-- squawk-ignore require-concurrent-index-creation
create index users_name_prefix_idx on public.users (lower(name) text_pattern_ops);
-- Suspended and deleted users are few, and staff look at all of them.
-- squawk-ignore require-concurrent-index-creation
create index users_not_active_idx on public.users (status, created_at, id) where status <> 'active';
