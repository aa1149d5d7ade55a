-- Who has the address that a registration came with.
select id from console.users where lower(email) = lower($1) and id <> $2 order by id limit 1
