-- A number out of Hopsworks, pasted into search. Hopsdesk reads whole numbers as bigint, since live services
-- disagree about their type, so the indexes of 0013 on the integers themselves are for the service.
--
-- Writers wait while these are built, as in 0012, and for the same reason.

-- squawk-ignore require-concurrent-index-creation
create index users_hopsworks_number_idx on public.users ((hopsworks_user_id::bigint));
-- squawk-ignore require-concurrent-index-creation
create index user_hopsworks_assignments_number_idx on public.user_hopsworks_assignments ((hopsworks_user_id::bigint));
