-- What the canonical views could not map on this database, as attach recorded it, and whether the view
-- has any column that it could. A service without tables of invoices does not lack them where Stripe's are there.
select c.view_name as view, c.column_name as "column", c.reason,
       exists (select from console.attached_columns o
               where o.view_name = c.view_name and o.source is not null) as view_is_mapped
from console.attached_columns c
where c.source is null
  and not (
    (
      (c.view_name = 'invoices' and exists (select from console.stripe_invoices))
      or (c.view_name = 'subscriptions' and exists (select from console.stripe_subscriptions))
    )
    and not exists (select from console.attached_columns o where o.view_name = c.view_name and o.source is not null)
  )
order by c.view_name, c.position
