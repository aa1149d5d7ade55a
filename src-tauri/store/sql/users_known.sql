-- Which of these users are here.
select u.id from console.users as u where u.id = any($1::text[])
