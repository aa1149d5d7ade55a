-- What customers have left, and what they owe; from the rollups. No row: they were never counted.
--
-- Amounts in other currencies than the service's own are counted, and not added to dollars.
select f.credits_balance, f.credits_low::bigint as credits_running_out,
       f.invoices_open_amount as invoices_amount, f.invoices_overdue::bigint as invoices_overdue,
       f.invoices_overdue_amount, f.oldest_due as invoices_oldest_due
from console.service_figures f
