-- Whether Stripe told anything since the lists were last counted: each transaction that changed what they are counted from
-- leaves one row, and whoever counts takes the rows it sees away. Comparing the mirror itself would read a million rows
-- every few seconds, and a figure kept in one place would have all events wait for each other.

create table console.stripe_marks (
  transaction bigint not null primary key
);

comment on table console.stripe_marks is 'Transactions that changed the mirror and are not counted yet (console.refresh_rollups).';

alter table console.stripe_marks enable row level security;

create function console.stripe_mark() returns void
language plpgsql
set search_path = ''
as $function$
declare
  v_transaction bigint := pg_catalog.pg_current_xact_id()::text::bigint;
begin
  if not exists (select from console.stripe_marks as m where m.transaction = v_transaction) then
    insert into console.stripe_marks (transaction) values (v_transaction);
  end if;
end
$function$;

create function console.stripe_marked() returns trigger
language plpgsql
set search_path = ''
as $function$
begin
  if exists (select from changed) then
    perform console.stripe_mark();
  end if;
  return null;
end
$function$;

do $$
declare
  told text;
begin
  foreach told in array array['subscriptions', 'invoices', 'invoice_payments', 'payments', 'refunds', 'disputes', 'credit_notes', 'mode'] loop
    execute format(
      'create trigger marked_made after insert on console.%1$I referencing new table as changed
       for each statement execute function console.stripe_marked()', 'stripe_' || told
    );
    execute format(
      'create trigger marked_said after update on console.%1$I referencing new table as changed
       for each statement execute function console.stripe_marked()', 'stripe_' || told
    );
  end loop;
end
$$;

-- Whether anything was told; then whoever asks counts, in this transaction.
create function console.stripe_told() returns boolean
language plpgsql
set search_path = ''
as $function$
begin
  delete from console.stripe_marks;
  return found;
end
$function$;

comment on function console.stripe_mark() is 'Internal: notes that this transaction changed the mirror.';
comment on function console.stripe_marked() is 'Internal: has a change of the mirror noted.';
comment on function console.stripe_told() is 'Internal: whether the mirror changed since it was last asked, by whoever counts then.';

-- What is there already was never counted.
select console.stripe_mark();

select console.renew_grants();
