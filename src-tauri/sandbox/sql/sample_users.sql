-- Notes who is a sample, when nobody else can be there yet.
truncate hopsdesk_sandbox.sample_users;
insert into hopsdesk_sandbox.sample_users (id) select u.id from public.users as u;
