-- One page of the Teams list. The function chooses the rows by as little SQL as this page takes, and keeps
-- the plan of what each row shows (attach makes it: `attach/kept/list_teams.sql`).
--
-- Arguments as in `teams_page.sql`, which gives the same rows, the whole list one after another.
select * from console.list_teams(
  $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20,
  $21
)
