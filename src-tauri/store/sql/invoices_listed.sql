-- One page of the Invoices list. The function chooses the rows by as little SQL as this page takes, and keeps
-- the plan of what each row shows (attach makes it: `attach/kept/list_invoices.sql`).
--
-- `period_begins`, `period_ends` and `due_there` are on the clocks of the fiscal time zone, `today` is the day there.
-- Arguments as in `invoices_page.sql`, which gives the same rows, the whole list one after another.
select l.*,
  l.period_start at time zone $8 as period_begins, l.period_end at time zone $8 as period_ends,
  l.due_at at time zone $8 as due_there, ($9::timestamptz at time zone $8)::date as today
from console.list_invoices(
  $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20,
  $21, $22, $23, $24
) l
