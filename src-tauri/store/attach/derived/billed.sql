-- Everything that is billed, each thing once: invoices, charges without one, subscriptions.
create view console.billed as
select * from console.billed_invoices
union all
select * from console.billed_charges
union all
select * from console.billed_subscriptions;
