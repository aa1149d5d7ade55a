-- A page of Invoices shows subscriptions among them, and looks each of its rows up by its id as text (0014 has
-- the same for invoices and charges).
--
-- Writers wait while it is built, a moment at a million rows: not `concurrently`, because a set is applied
-- whole or not at all.

-- squawk-ignore require-concurrent-index-creation
create index subscriptions_id_text_idx on public.subscriptions ((id::text));
