-- Whether anybody has registered yet, from outside or as a sample.
select exists (select from public.users);
