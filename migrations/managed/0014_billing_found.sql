-- Finance lists every invoice, charge and subscription in order (0013 finds one by its number). The
-- console reads ids as text, since live services disagree about their type, so its lists go on after a
-- pair of value and id::text. It keeps amounts and dates that no program can hold out of its views: the
-- indexes are on the expressions by which it does.
--
-- Writers wait while these are built, a few seconds at a million rows: not `concurrently`, because a set
-- is applied whole or not at all.

-- squawk-ignore require-concurrent-index-creation
create index invoices_created_idx on public.invoices (created_at, (id::text));
-- squawk-ignore require-concurrent-index-creation
create index invoices_amount_idx on public.invoices (
  (
    case
      when amount > -1000000000000000 and amount < 1000000000000000 then
        case when pg_catalog.scale(amount) <= 18 then amount else pg_catalog.round(amount, 18) end
    end
  ),
  (id::text)
);
-- squawk-ignore require-concurrent-index-creation
create index invoices_due_idx on public.invoices (
  (case when due_date >= '0001-01-02' and due_date < '9999-12-31' then due_date::timestamptz end),
  (id::text)
);
-- Failed, void and draft invoices are few, and looked for by themselves.
-- squawk-ignore require-concurrent-index-creation
create index invoices_status_idx on public.invoices (lower(status), created_at, (id::text));
-- Of the open ones those that are late.
-- squawk-ignore require-concurrent-index-creation
create index invoices_status_due_idx on public.invoices (
  lower(status),
  (case when due_date >= '0001-01-02' and due_date < '9999-12-31' then due_date::timestamptz end)
);
-- squawk-ignore require-concurrent-index-creation
create index invoices_id_text_idx on public.invoices ((id::text));

-- squawk-ignore require-concurrent-index-creation
create index billing_history_created_idx on public.billing_history (created_at, (id::text));
-- squawk-ignore require-concurrent-index-creation
create index billing_history_amount_idx on public.billing_history (
  (
    case
      when amount > -1000000000000000 and amount < 1000000000000000 then
        case when pg_catalog.scale(amount) <= 18 then amount else pg_catalog.round(amount, 18) end
    end
  ),
  (id::text)
);
-- squawk-ignore require-concurrent-index-creation
create index billing_history_status_idx on public.billing_history (lower(status), created_at, (id::text));
-- squawk-ignore require-concurrent-index-creation
create index billing_history_id_text_idx on public.billing_history ((id::text));

-- squawk-ignore require-concurrent-index-creation
create index subscriptions_created_idx on public.subscriptions (created_at, (id::text));
