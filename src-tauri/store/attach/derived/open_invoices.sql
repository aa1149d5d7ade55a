-- Invoices that wait for money, each once. A service that keeps both `invoices` and `billing_history`
-- lists a charge in each: the invoice stands for both, whatever state it is in, and a failed charge of an
-- open invoice marks it as failed. Amounts are in major units of their currency. A missing currency stays
-- missing; only where the database has no column for it at all are amounts taken for dollars. Those that Stripe alone
-- has stand beside them.
create view console.open_invoices as
select
  i.id,
  i.number,
  i.user_id,
  i.amount,
  lower(coalesce(i.currency, case when not exists (
    select from console.attached_columns c
    where c.view_name = 'invoices' and c.column_name = 'currency' and c.source is not null
  ) then 'usd' end)) as currency,
  i.due_at,
  lower(i.status) in ('failed', 'past_due', 'overdue')
    or exists (
      select from console.invoices h
      where h.origin = 'billing_history' and lower(h.status) = 'failed' and h.user_id = i.user_id
        and (h.number = i.number or h.stripe_invoice_id = i.stripe_invoice_id)
    ) as failed
from console.invoices i
where lower(i.status) in ('open', 'pending', 'unpaid', 'failed', 'past_due', 'overdue')
  and (
    i.origin <> 'billing_history'
    or not exists (
      select from console.invoices j
      where j.origin = 'invoices' and j.user_id = i.user_id
        and (j.number = i.number or j.stripe_invoice_id = i.stripe_invoice_id)
    )
  )
union all
select m.id, m.number, m.user_id, m.amount, lower(m.currency) as currency, m.due_at, m.charge_failed as failed
from console.billed_mirror m
where lower(m.status) = 'open';
