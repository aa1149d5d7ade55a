-- A bulk came to its end, or is given up; its key.
select console.end_bulk($1) as ended
