-- Invoices and charges, each with the one word it stands under by what it was recorded with alone. Words nobody
-- knows are `unknown`.
create view console.recorded_invoices as
select
  i.*,
  case
    when lower(i.status) = 'draft' then 'draft'
    when lower(i.status) in ('open', 'pending', 'unpaid') then 'open'
    when lower(i.status) in ('past_due', 'overdue') then 'overdue'
    when lower(i.status) = 'failed' then 'failed'
    when lower(i.status) in ('paid', 'succeeded') then 'paid'
    when lower(i.status) = 'refunded' then 'refunded'
    when lower(i.status) in ('credited', 'credit_note') then 'credited'
    when lower(i.status) in ('void', 'voided') then 'void'
    when lower(i.status) = 'uncollectible' then 'uncollectible'
    else 'unknown'
  end as recorded_standing
from console.invoices i;
