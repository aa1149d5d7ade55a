-- Whether a user is on record.
--
-- $1 user id
select exists (select from console.users u where u.id = $1)
