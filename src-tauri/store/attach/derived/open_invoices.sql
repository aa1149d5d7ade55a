-- Invoices that wait for money, each once, and what is still to be paid of each: less than was billed where a part was
-- paid or taken off by a credit note. A service that keeps both `invoices` and `billing_history` lists a charge in each:
-- the invoice stands for both, whatever state it is in, and a failed charge of an open invoice marks it as failed. Amounts
-- are in major units of their currency. Those that Stripe alone has stand beside them; what Stripe has as
-- paid, void or given up waits for nothing, whatever the service says.
create view console.open_invoices as
select i.id, i.number, i.user_id, i.remaining as amount, lower(i.currency) as currency, i.due_at,
  i.recorded_standing in ('failed', 'overdue') or i.charge_failed as failed
from console.billed_invoices i
where lower(i.status) in ('open', 'pending', 'unpaid', 'failed', 'past_due', 'overdue') and i.stripe_says is null
union all
select h.id, h.number, h.user_id, h.remaining, lower(h.currency), h.due_at, h.recorded_standing in ('failed', 'overdue')
from console.billed_charges h
where lower(h.status) in ('open', 'pending', 'unpaid', 'failed', 'past_due', 'overdue') and h.stripe_says is null
union all
select m.id, m.number, m.user_id, m.remaining, lower(m.currency), m.due_at, m.charge_failed
from console.billed_mirror m
where lower(m.status) = 'open';
