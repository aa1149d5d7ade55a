-- What Stripe has, as last heard of: the mirror that invoices, reconciliation and support read.
--
-- Events come in any order and more than once. Each row remembers how old the news is that it shows (when
-- the event was made, how far along its object was, then the event's id), and only newer news replaces it:
-- the same events end in the same rows, whatever their order. Rows of the test mode say so and touch nothing
-- of the live mode.

create table console.stripe_customers (
  id text not null primary key,
  email text,
  name text,
  currency text,
  delinquent boolean,
  deleted boolean not null default false,
  user_named text,
  created_at timestamptz,
  livemode boolean not null,
  as_of timestamptz not null,
  rank integer not null,
  event_id text not null
);

create table console.stripe_subscriptions (
  id text not null primary key,
  customer_id text,
  user_id text,
  status text,
  price_id text,
  collection_method text,
  latest_invoice_id text,
  cancel_at_period_end boolean,
  cancel_at timestamptz,
  current_period_start timestamptz,
  current_period_end timestamptz,
  trial_end timestamptz,
  canceled_at timestamptz,
  ended_at timestamptz,
  past_due_at timestamptz[] not null default '{}',
  not_past_due_at timestamptz,
  created_at timestamptz,
  livemode boolean not null,
  as_of timestamptz not null,
  rank integer not null,
  event_id text not null
);

create table console.stripe_invoices (
  id text not null primary key,
  customer_id text,
  user_id text,
  customer_email text,
  subscription_id text,
  payment_intent_id text,
  number text,
  status text,
  currency text,
  amount_due numeric,
  amount_paid numeric,
  amount_remaining numeric,
  subtotal numeric,
  total numeric,
  billing_reason text,
  collection_method text,
  description text,
  hosted_url text,
  pdf_url text,
  attempt_count integer,
  next_attempt_at timestamptz,
  due_at timestamptz,
  period_start timestamptz,
  period_end timestamptz,
  finalized_at timestamptz,
  paid_at timestamptz,
  voided_at timestamptz,
  lines_complete boolean not null default true,
  payment_failed boolean,
  failed_at timestamptz,
  deleted boolean,
  refunded numeric,
  credited numeric,
  went_back boolean,
  failing boolean,
  failing_since timestamptz,
  apart jsonb,
  paid_by text,
  created_at timestamptz,
  livemode boolean not null,
  as_of timestamptz not null,
  rank integer not null,
  event_id text not null
);

create table console.stripe_invoice_lines (
  invoice_id text not null references console.stripe_invoices (id) on delete cascade,
  position integer not null,
  id text,
  description text,
  currency text,
  amount numeric,
  quantity numeric,
  price_id text,
  proration boolean,
  period_start timestamptz,
  period_end timestamptz,

  constraint stripe_invoice_lines_pkey primary key (invoice_id, position)
);

create table console.stripe_invoice_payments (
  id text not null primary key,
  invoice_id text,
  payment_intent_id text,
  charge_id text,
  status text,
  currency text,
  amount_paid numeric,
  amount_requested numeric,
  is_default boolean,
  paid_at timestamptz,
  created_at timestamptz,
  livemode boolean not null,
  as_of timestamptz not null,
  rank integer not null,
  event_id text not null
);

create table console.stripe_payments (
  id text not null primary key,
  customer_id text,
  payment_intent_id text,
  invoice_id text,
  status text,
  currency text,
  amount numeric,
  amount_refunded numeric,
  failure_code text,
  failure_message text,
  failed_at timestamptz,
  description text,
  created_at timestamptz,
  livemode boolean not null,
  as_of timestamptz not null,
  rank integer not null,
  event_id text not null
);

create table console.stripe_refunds (
  id text not null primary key,
  charge_id text,
  payment_intent_id text,
  status text,
  currency text,
  amount numeric,
  reason text,
  stood_at timestamptz,
  failed_at timestamptz,
  created_at timestamptz,
  livemode boolean not null,
  as_of timestamptz not null,
  rank integer not null,
  event_id text not null
);

create table console.stripe_disputes (
  id text not null primary key,
  charge_id text,
  payment_intent_id text,
  status text,
  currency text,
  amount numeric,
  withdrawn numeric,
  withdrawn_currency text,
  reason text,
  evidence_due_at timestamptz,
  created_at timestamptz,
  livemode boolean not null,
  as_of timestamptz not null,
  rank integer not null,
  event_id text not null
);

create table console.stripe_credit_notes (
  id text not null primary key,
  customer_id text,
  invoice_id text,
  number text,
  status text,
  currency text,
  total numeric,
  refunded numeric,
  refund_id text,
  reason text,
  created_at timestamptz,
  livemode boolean not null,
  as_of timestamptz not null,
  rank integer not null,
  event_id text not null
);

create table console.stripe_payment_methods (
  id text not null primary key,
  customer_id text,
  kind text,
  brand text,
  last4 text,
  exp_month integer,
  exp_year integer,
  attached boolean not null,
  created_at timestamptz,
  livemode boolean not null,
  as_of timestamptz not null,
  rank integer not null,
  event_id text not null
);

create table console.stripe_checkouts (
  id text not null primary key,
  customer_id text,
  user_named text,
  mode text,
  status text,
  payment_status text,
  purpose text,
  currency text,
  amount numeric,
  net numeric,
  payment_intent_id text,
  subscription_id text,
  invoice_id text,
  paid_since timestamptz,
  paid_mode text,
  created_at timestamptz,
  livemode boolean not null,
  as_of timestamptz not null,
  rank integer not null,
  event_id text not null
);

comment on table console.stripe_customers is 'Stripe''s customers. user_named: the user that whoever made it wrote into its metadata.';
comment on table console.stripe_subscriptions is 'Stripe''s subscriptions, ended ones included. user_id: as of invoices.';
comment on table console.stripe_invoices is 'Stripe''s invoices. Amounts in major units of currency. user_id: whose it is here, as last looked at (0063).';
comment on table console.stripe_invoice_lines is 'Lines of Stripe''s invoices, in their order; a long invoice has the first ones until it is read back (lines_complete).';
comment on column console.stripe_invoices.refunded is 'Money that went back of its payments: refunds, and disputes that were lost (0077).';
comment on column console.stripe_invoices.credited is 'What credit notes took off it without money going back (0077).';
comment on column console.stripe_invoices.payment_failed is 'Whether it was ever told that a payment of it failed; that it was tried says nothing: a bank may take days.';
comment on column console.stripe_invoices.failed_at is 'The first time it was told that a payment of it failed.';
comment on column console.stripe_invoices.deleted is 'A draft that was deleted.';
comment on column console.stripe_invoices.failing is 'Whether a payment of it failed: that was told, or its payment waits for another way to pay (0077).';
comment on column console.stripe_invoices.failing_since is 'When a payment of it failed first, where failing (0077).';
comment on column console.stripe_payments.failed_at is 'The first time it was heard of as one that failed and waits for another way to pay.';
comment on column console.stripe_subscriptions.past_due_at is
  'When it was heard of as past_due since it was last heard of as anything else: the first of them is when it became so, whatever order they came in.';
comment on column console.stripe_subscriptions.not_past_due_at is 'The last time it was heard of as anything but past_due.';
comment on column console.stripe_subscriptions.cancel_at is 'When it is to end, where that was said as a date: flexible billing does so for the end of a period, too.';
comment on column console.stripe_invoices.went_back is 'Whether all that was paid went back (0077).';
comment on column console.stripe_invoices.apart is
  'What went back in another currency, and nobody said what it comes to in this one: [{"currency", "amount"}]; a sum of that currency (0077).';
comment on column console.stripe_invoices.paid_by is 'The payment intent that pays it, or the first that does (0077).';
comment on table console.stripe_invoice_payments is 'Which payment pays which invoice, as versions of the API since 2025-03-31 tell it; an invoice may have several.';
comment on table console.stripe_payments is 'Payments: payment intents (pi_) and charges (ch_), each as Stripe has it.';
comment on table console.stripe_refunds is 'Money that went back.';
comment on column console.stripe_refunds.stood_at is 'The last time it was heard of as one that has not failed.';
comment on column console.stripe_refunds.failed_at is 'The first time it was heard of as one that has.';
comment on table console.stripe_disputes is 'Payments that a customer''s bank took back or asks about. withdrawn: what Stripe took for it, fees apart, where it was said.';
comment on table console.stripe_credit_notes is 'Credit notes: what an invoice was lowered by after it was final. refunded, or else the refund refund_id: how much of that went back as money.';
comment on table console.stripe_payment_methods is 'Cards and the like; attached: it can be charged.';
comment on table console.stripe_checkouts is 'Sessions of Stripe''s checkout; a paid one of mode payment bought credits.';
comment on column console.stripe_checkouts.net is
  'What was bought, as it is priced: the amount without tax that was added to it and without shipping, discounts taken off.';
comment on column console.stripe_checkouts.paid_since is 'The first time an event told it to be paid, by Stripe''s clock; null where Stripe was only asked.';
comment on column console.stripe_checkouts.paid_mode is
  'What effects were at paid_since, however late that was applied: live, shadow or off, or null as that is; credits that were not paid live are never counted (0084).';

create index stripe_customers_user_idx on console.stripe_customers (user_named) where user_named is not null;
create index stripe_subscriptions_customer_idx on console.stripe_subscriptions (customer_id);
create index stripe_subscriptions_user_idx on console.stripe_subscriptions (user_id);
create index stripe_subscriptions_created_idx on console.stripe_subscriptions (created_at desc, id desc);
create index stripe_invoices_customer_idx on console.stripe_invoices (customer_id, created_at desc);
create index stripe_invoices_user_idx on console.stripe_invoices (user_id, created_at desc);
create index stripe_invoices_created_idx on console.stripe_invoices (created_at desc, id desc);
create index stripe_payments_customer_idx on console.stripe_payments (customer_id, created_at desc);
create index stripe_payments_intent_idx on console.stripe_payments (payment_intent_id);
create index stripe_payments_refunded_idx on console.stripe_payments (invoice_id, payment_intent_id) where amount_refunded > 0;
create index stripe_payments_invoice_idx on console.stripe_payments (invoice_id) where invoice_id is not null;
create index stripe_invoice_payments_invoice_idx on console.stripe_invoice_payments (invoice_id);
create index stripe_invoice_payments_intent_idx on console.stripe_invoice_payments (payment_intent_id);
create index stripe_invoice_payments_charge_idx on console.stripe_invoice_payments (charge_id) where charge_id is not null;
create index stripe_refunds_intent_idx on console.stripe_refunds (payment_intent_id);
create index stripe_refunds_charge_idx on console.stripe_refunds (charge_id) where charge_id is not null;
create index stripe_disputes_intent_idx on console.stripe_disputes (payment_intent_id);
create index stripe_credit_notes_invoice_idx on console.stripe_credit_notes (invoice_id);
create index stripe_payment_methods_customer_idx on console.stripe_payment_methods (customer_id);
create index stripe_checkouts_customer_idx on console.stripe_checkouts (customer_id);
create index stripe_checkouts_intent_idx on console.stripe_checkouts (payment_intent_id);

do $$
declare
  mirrored text;
begin
  foreach mirrored in array array[
    'customers', 'subscriptions', 'invoices', 'invoice_lines', 'invoice_payments', 'payments', 'refunds', 'disputes',
    'credit_notes', 'payment_methods', 'checkouts'
  ] loop
    execute format('alter table console.%I enable row level security', 'stripe_' || mirrored);
    insert into console.readable (relation, groups) values ('stripe_' || mirrored, '{support,finance,admin,auditor,receiver,collector}');
  end loop;
end
$$;

-- What a fact says beside what it shows: when its object was heard of as it is, where it matters since when it is so. An answer
-- (read:…, 0062) says that a checkout is paid, not since when: that is told by its event.
create function console.stripe_moments(p_fact jsonb, p_as_of timestamptz, p_event_id text) returns jsonb
language sql
stable
set search_path = ''
set timezone to 'UTC'
as $function$
  select case
    when w.is = 'subscriptions' then pg_catalog.jsonb_build_object(
      'past_due_at', case when w.status = 'past_due' then pg_catalog.jsonb_build_array(p_as_of) else '[]' end
    ) || case when w.status <> 'past_due' then pg_catalog.jsonb_build_object('not_past_due_at', p_as_of) else '{}' end
    when w.is = 'invoices' and (p_fact #>> '{row,payment_failed}')::boolean
      or w.is = 'payments' and w.status = 'requires_payment_method'
      and coalesce(p_fact #>> '{row,failure_code}', p_fact #>> '{row,failure_message}') is not null
      or w.is = 'refunds' and w.status in ('failed', 'canceled')
      then pg_catalog.jsonb_build_object('failed_at', p_as_of)
    when w.is = 'checkouts' and p_fact #>> '{row,payment_status}' = 'paid' and p_event_id not like 'read:%'
      then pg_catalog.jsonb_build_object('paid_since', p_as_of)
    when w.is = 'refunds' and w.status is not null then pg_catalog.jsonb_build_object('stood_at', p_as_of)
    else '{}'
  end
  from (select p_fact ->> 'table' as is, p_fact #>> '{row,status}' as status) as w;
$function$;

comment on function console.stripe_moments(jsonb, timestamptz, text) is
  'Internal: since when what a fact says is so, for the row that is kept.';

-- Keeps a row of the mirror if its news is newer; whether it was. {"table": "invoices", "row": {…}, "rank": 3,
-- "lines": [{…}]}. Something that a later event does not say (the customer of a payment method that was
-- detached) stays what it was.
create function console.stripe_keep(
  p_fact jsonb, p_as_of timestamptz, p_event_id text, p_livemode boolean
) returns boolean
language plpgsql
set search_path = ''
as $function$
declare
  v_table text := p_fact ->> 'table';
  v_row jsonb := (p_fact -> 'row') || pg_catalog.jsonb_build_object(
    'as_of', p_as_of, 'rank', p_fact -> 'rank', 'event_id', p_event_id, 'livemode', p_livemode
  ) || console.stripe_moments(p_fact, p_as_of, p_event_id);
  v_sets text;
  v_kept boolean;
begin
  if v_table is null or not v_table = any (array[
    'customers', 'subscriptions', 'invoices', 'invoice_payments', 'payments', 'refunds', 'disputes', 'credit_notes',
    'payment_methods', 'checkouts'
  ]) then
    perform console.refuse('HD005', 'This is no part of the mirror.', '{"argument": "table"}');
  end if;
  -- What names another object never changes at Stripe, only goes missing, so whoever says it is believed.
  select pg_catalog.string_agg(pg_catalog.format(case
    when a.attname in ('customer_id', 'user_named', 'payment_intent_id', 'charge_id', 'invoice_id', 'created_at')
      then '%1$I = case when %2$s then coalesce(excluded.%1$I, t.%1$I) else coalesce(t.%1$I, excluded.%1$I) end'
    -- Told by each event, whichever comes first.
    when a.attname = 'stood_at' then '%1$I = greatest(t.%1$I, excluded.%1$I)'
    when a.attname in ('failed_at', 'paid_since') then '%1$I = least(t.%1$I, excluded.%1$I)'
    when a.attname = 'payment_failed' then '%1$I = t.%1$I or excluded.%1$I'
    when a.attname = 'not_past_due_at' then '%1$I = greatest(t.%1$I, excluded.%1$I)'
    when a.attname = 'past_due_at' then '%1$I = array(
      select distinct m.at from pg_catalog.unnest(t.%1$I || excluded.%1$I) as m (at)
      where (m.at < greatest(t.not_past_due_at, excluded.not_past_due_at)) is not true order by m.at)'
    else '%1$I = case when %2$s then excluded.%1$I else t.%1$I end'
  end, a.attname, '(excluded.as_of, excluded.rank, excluded.event_id) > (t.as_of, t.rank, t.event_id)'), ', ')
  into v_sets
  from pg_catalog.pg_attribute as a
  where a.attrelid = pg_catalog.to_regclass('console.stripe_' || v_table) and a.attnum > 0 and not a.attisdropped
    -- These are said by no event, but worked out here (0063, 0077, 0084).
    and a.attname not in ('id', 'user_id', 'paid_mode') and not (v_table = 'invoices' and a.attname in ('refunded', 'credited', 'went_back', 'failing', 'failing_since', 'apart', 'paid_by'));
  execute pg_catalog.format(
    'insert into console.%1$I as t select (pg_catalog.jsonb_populate_record(null::console.%1$I, $1)).*
     on conflict (id) do update set %2$s
     where excluded.livemode = t.livemode
     returning t.event_id = $1 ->> ''event_id''',
    'stripe_' || v_table, v_sets
  ) into v_kept using v_row;
  if v_kept and v_table = 'invoices' and p_fact ? 'lines' then
    delete from console.stripe_invoice_lines as l where l.invoice_id = v_row ->> 'id';
    insert into console.stripe_invoice_lines
    select n.* from pg_catalog.jsonb_array_elements(p_fact -> 'lines') as l
    cross join lateral pg_catalog.jsonb_populate_record(
      null::console.stripe_invoice_lines, l || pg_catalog.jsonb_build_object('invoice_id', v_row ->> 'id')
    ) as n;
  end if;
  return coalesce(v_kept, false);
end
$function$;

comment on function console.stripe_keep(jsonb, timestamptz, text, boolean) is
  'Internal: keeps a row of the mirror if its news is newer; whether it was.';

select console.renew_grants();
