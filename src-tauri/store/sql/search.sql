-- The search box: users, teams, clusters, projects and invoices by a fragment of what they are called. Attach makes
-- the function (`attach/kept/search.sql`), where the arguments are described.
select * from console.search($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
