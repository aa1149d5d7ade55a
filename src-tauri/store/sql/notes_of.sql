-- What staff noted about a subject, newest first.
select n.id, n.at, n.staff, n.body
from console.notes_of($1, $2) as n
