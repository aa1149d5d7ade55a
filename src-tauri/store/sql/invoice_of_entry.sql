-- The invoice that stands for an entry of the billing history.
--
-- $1 id of the entry
select i.id
from console.invoices h
join console.invoices i
  on i.origin = 'invoices' and i.user_id = h.user_id
 and (i.number = h.number or i.stripe_invoice_id = h.stripe_invoice_id)
where h.origin = 'billing_history' and h.id = $1
order by i.created_at nulls first, i.id
limit 1
