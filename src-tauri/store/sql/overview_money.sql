-- What customers have left, and what they owe; from the rollups. No row: they were never counted.
--
-- `due_there` is on the clocks of the fiscal time zone, `today` is the day there; both unknown where no zone is named.
--
-- Amounts in other currencies than the service's own are counted, and not added to dollars.
select f.credits_balance, f.credits_low::bigint as credits_running_out,
       f.invoices_open_amount as invoices_amount, f.invoices_overdue::bigint as invoices_overdue,
       f.invoices_overdue_amount, f.oldest_due as due_at,
       f.oldest_due at time zone $2 as due_there, ($1::timestamptz at time zone $2)::date as today
from console.service_figures f
