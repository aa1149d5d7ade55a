-- One user's page, by a function whose plan stays with the session: `attach/kept/show_user.sql`.
--
-- $1 user id · $2 first of the month · $3 today · $4 now
select * from console.show_user($1, $2, $3, $4)
