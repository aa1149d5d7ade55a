-- The entries of the billing history that an invoice stands for, oldest first.
--
-- $1 id of the invoice
select
  h.id, h.number, h.amount, upper(h.currency) as currency, h.status, h.paid_at, h.created_at, h.description,
  h.stripe_payment_intent_id
from console.invoices i
join console.invoices h
  on h.origin = 'billing_history' and h.user_id = i.user_id
 and (h.number = i.number or h.stripe_invoice_id = i.stripe_invoice_id)
where i.origin = 'invoices' and i.id = $1
order by h.created_at nulls first, h.id
