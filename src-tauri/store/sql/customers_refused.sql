-- Why customers cannot be answered on this database; null: they can.
select console.customers_refused() as why
