-- What a pasted id names, whatever it is the id of. Arguments that are null ask nothing. Attach makes the function
-- (`attach/kept/named.sql`, where the arguments are described).
select * from console.find_named($1, $2, $3, $4, $5, $6, $7, $8, $9)
