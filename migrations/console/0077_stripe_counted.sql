-- What became of Stripe's invoices, counted once, when Stripe says it, and not by every list that shows them: what of
-- the money went back, what credit notes took off without money, whether all that was paid went back, whether a payment failed
-- and since when, and which payment pays them. It stands in the mirror's invoices and follows whoever writes into the mirror.
--
-- Rows of the mirror are never deleted, so nothing is counted when one is.

create index stripe_invoices_returned_idx on console.stripe_credit_notes (refund_id) where refund_id is not null;
create index stripe_disputes_charge_idx on console.stripe_disputes (charge_id) where charge_id is not null;

create function console.stripe_count_invoices(p_ids text[]) returns void
language plpgsql
set search_path = ''
as $function$
begin
  -- Held first, in one order: whoever counts them at the same time waits, and then sees what this one saw.
  perform from console.stripe_invoices as i where i.id = any (p_ids) order by i.id for no key update;
  with counted as materialized (
    select i.id, i.livemode, i.currency, i.amount_paid, i.payment_intent_id, i.payment_failed, i.failed_at from console.stripe_invoices as i where i.id = any (p_ids)
  ),
  -- The payments of each. Versions of the API tell of them in the invoice, in the payment, or beside both.
  pays as materialized (
    select c.id, y.id as payment
    from counted as c join console.stripe_payments as y on y.invoice_id = c.id and y.livemode = c.livemode
    union
    select c.id, y.id
    from counted as c join console.stripe_payments as y on y.payment_intent_id = c.payment_intent_id and y.livemode = c.livemode
    union
    select c.id, y.id
    from counted as c
    join console.stripe_invoice_payments as p on p.invoice_id = c.id and p.livemode = c.livemode and p.status is distinct from 'canceled'
    join console.stripe_payments as y on y.payment_intent_id = p.payment_intent_id and y.livemode = c.livemode
    union
    select c.id, y.id
    from counted as c
    join console.stripe_invoice_payments as p on p.invoice_id = c.id and p.livemode = c.livemode and p.status is distinct from 'canceled'
    join console.stripe_payments as y on y.id = p.charge_id and y.livemode = c.livemode
  ),
  -- What went back, each with its currency. A payment is there as what was intended and as what was charged: of the two,
  -- whichever heard of more.
  refunds as (
    select p.id, coalesce(y.payment_intent_id, y.id) as what, max(y.currency) as currency, max(console.stripe_refunded(y)) as amount
    from pays as p join console.stripe_payments as y on y.id = p.payment
    group by 1, 2
  ),
  disputes as (
    select p.id, d.id as what from pays as p join console.stripe_payments as y on y.id = p.payment
    join console.stripe_disputes as d on d.payment_intent_id = y.payment_intent_id and d.livemode = y.livemode
    where d.status = 'lost'
    union
    select p.id, d.id from pays as p join console.stripe_disputes as d on d.charge_id = p.payment where d.status = 'lost'
  ),
  went as materialized (
    select r.id, false as lost, r.currency, r.amount, case when coalesce(r.currency = c.currency, true) then r.amount end as counts
    from refunds as r join counted as c on c.id = r.id
    union all
    select l.id, true, d.currency, d.amount, console.stripe_lost(d, c.currency)
    from disputes as l join counted as c on c.id = l.id join console.stripe_disputes as d on d.id = l.what
  ),
  went_back as (
    select
      w.id, sum(w.counts) filter (where not w.lost) as refunded, sum(w.counts) filter (where w.lost) as lost
    from went as w group by w.id
  ),
  elsewhere as (
    select a.id, pg_catalog.jsonb_agg(pg_catalog.jsonb_build_object('currency', a.currency, 'amount', a.amount::text) order by a.currency) as apart
    from (
      select w.id, w.currency, sum(w.amount) as amount from went as w where w.counts is null and w.amount <> 0 group by 1, 2
    ) as a
    group by a.id
  ),
  credits as (
    select
      c.id,
      sum(n.total - least(n.total, coalesce(n.refunded, case
        when n.refund_id is null or f.status in ('failed', 'canceled') then 0
        -- Of a refund that nobody has heard of yet the payment tells already: nothing is to count as both.
        when f.id is null then n.total
        else f.amount
      end, 0))) as credited
    from counted as c
    join console.stripe_credit_notes as n on n.invoice_id = c.id and n.livemode = c.livemode
    left join console.stripe_refunds as f on f.id = n.refund_id
    where n.status is distinct from 'void'
    group by c.id
  ),
  told as (
    select
      c.id,
      -- A bank may take back the whole of what was refunded in part: no more goes back than was paid.
      greatest(coalesce(r.refunded, 0), least(coalesce(r.refunded, 0) + coalesce(r.lost, 0), c.amount_paid)) as refunded,
      coalesce(k.credited, 0) as credited,
      coalesce(c.amount_paid > 0 and coalesce(r.refunded, 0) + coalesce(r.lost, 0) >= c.amount_paid, false) as went_back,
      -- Stripe counts every try, also one that a bank is still at.
      coalesce(c.payment_failed, false) or exists (
        select from pays as p join console.stripe_payments as y on y.id = p.payment
        where
          p.id = c.id and y.id = y.payment_intent_id and y.status = 'requires_payment_method'
          and coalesce(y.failure_code, y.failure_message) is not null
      ) as failing,
      least(c.failed_at, (
        select min(y.failed_at) from pays as p join console.stripe_payments as y on y.id = p.payment
        where p.id = c.id and y.id = y.payment_intent_id
      )) as failed_at,
      e.apart,
      coalesce(c.payment_intent_id, (
        select p.payment_intent_id from console.stripe_invoice_payments as p
        where
          p.invoice_id = c.id and p.livemode = c.livemode and p.payment_intent_id is not null
          and p.status is distinct from 'canceled'
        order by p.is_default desc nulls last, p.id limit 1
      )) as paid_by
    from counted as c
    left join went_back as r on r.id = c.id
    left join elsewhere as e on e.id = c.id
    left join credits as k on k.id = c.id
  )
  update console.stripe_invoices as t
  set refunded = w.refunded, credited = w.credited, went_back = w.went_back, failing = w.failing,
    failing_since = case when w.failing then w.failed_at end, apart = w.apart, paid_by = w.paid_by
  from told as w
  where
    w.id = t.id
    and (t.refunded, t.credited, t.went_back, t.failing, t.failing_since, t.apart, t.paid_by) is distinct from (
      w.refunded, w.credited, w.went_back, w.failing, case when w.failing then w.failed_at end, w.apart, w.paid_by
    );
end
$function$;

-- The invoices that what was just written says something of. `changed` are the rows written by the statement, `was` what they
-- were where invoices are updated.
create function console.stripe_invoices_changed() returns trigger
language plpgsql
set search_path = ''
as $function$
declare
  v_ids text[];
begin
  if not exists (select from changed) then
    return null;
  end if;
  case tg_table_name
    when 'stripe_invoices' then
      if tg_op = 'INSERT' then
        v_ids := array(select c.id from changed as c);
      else
        -- What went back is as much as was paid at most, and of its currency: what is counted here, and all else, changes nothing
        -- of that.
        v_ids := array(
          select c.id from changed as c left join was as w on w.id = c.id
          where (c.amount_paid, c.currency, c.payment_intent_id, c.payment_failed, c.failed_at)
            is distinct from (w.amount_paid, w.currency, w.payment_intent_id, w.payment_failed, w.failed_at)
        );
      end if;
    when 'stripe_invoice_payments' then
      v_ids := array(select distinct c.invoice_id from changed as c where c.invoice_id is not null);
    when 'stripe_credit_notes' then
      v_ids := array(select distinct c.invoice_id from changed as c where c.invoice_id is not null);
    when 'stripe_refunds' then
      v_ids := array(
        select distinct n.invoice_id from changed as c join console.stripe_credit_notes as n on n.refund_id = c.id
        where n.invoice_id is not null
      ) || console.stripe_invoices_paid_by(
        array(select distinct c.payment_intent_id from changed as c where c.payment_intent_id is not null),
        array(select distinct c.charge_id from changed as c where c.charge_id is not null)
      );
    when 'stripe_disputes' then
      v_ids := console.stripe_invoices_paid_by(
        array(select distinct c.payment_intent_id from changed as c where c.payment_intent_id is not null),
        array(select distinct c.charge_id from changed as c where c.charge_id is not null)
      );
    when 'stripe_payments' then
      v_ids := console.stripe_invoices_paid_by(
        array(select distinct c.payment_intent_id from changed as c where c.payment_intent_id is not null),
        array(select c.id from changed as c)
      );
      -- Most payments are made and nothing else; what is counted is what went back or failed, and what comes after that.
      v_ids := array(
        select i.id from console.stripe_invoices as i
        where i.id = any (v_ids) and (
          i.refunded <> 0 or i.credited <> 0 or i.apart is not null or i.failing
          or exists (select from changed as c where coalesce(c.failure_code, c.failure_message) is not null)
          or exists (select from changed as c where c.amount_refunded > 0)
          or exists (select from changed as c join console.stripe_refunds as f on f.charge_id = c.id or f.payment_intent_id = c.payment_intent_id)
          or exists (select from changed as c join console.stripe_disputes as d on d.charge_id = c.id or d.payment_intent_id = c.payment_intent_id)
        )
      );
  end case;
  if v_ids <> '{}' then
    perform console.stripe_count_invoices(v_ids);
  end if;
  return null;
end
$function$;

create function console.stripe_invoices_paid_by(p_intents text[], p_charges text[]) returns text[]
language sql
stable
set search_path = ''
as $function$
  select coalesce(pg_catalog.array_agg(distinct w.id), '{}')
  from (
    select i.id from console.stripe_invoices as i where i.payment_intent_id = any (p_intents)
    union all
    select p.invoice_id from console.stripe_invoice_payments as p where p.payment_intent_id = any (p_intents)
    union all
    select p.invoice_id from console.stripe_invoice_payments as p where p.charge_id = any (p_charges)
    union all
    select y.invoice_id from console.stripe_payments as y where y.id = any (p_charges)
    union all
    select y.invoice_id from console.stripe_payments as y where y.payment_intent_id = any (p_intents)
    union all
    select i.id
    from console.stripe_payments as y join console.stripe_invoices as i on i.payment_intent_id = y.payment_intent_id
    where y.id = any (p_charges)
    union all
    select p.invoice_id
    from console.stripe_payments as y join console.stripe_invoice_payments as p on p.payment_intent_id = y.payment_intent_id
    where y.id = any (p_charges)
  ) as w
  where w.id is not null;
$function$;

do $$
declare
  told text;
begin
  foreach told in array array['invoices', 'invoice_payments', 'payments', 'refunds', 'disputes', 'credit_notes'] loop
    execute format(
      'create trigger invoices_counted_made after insert on console.%1$I referencing new table as changed
       for each statement execute function console.stripe_invoices_changed()', 'stripe_' || told
    );
    execute format(
      'create trigger invoices_counted_said after update on console.%1$I referencing %2$s new table as changed
       for each statement execute function console.stripe_invoices_changed()',
      'stripe_' || told, case told when 'invoices' then 'old table as was' else '' end
    );
  end loop;
end
$$;

comment on function console.stripe_count_invoices(text[]) is
  'Internal: counts what went back of these invoices, and which payment pays them.';
comment on function console.stripe_invoices_changed() is 'Internal: has the invoices counted that were said something of.';
comment on function console.stripe_invoices_paid_by(text[], text[]) is
  'Internal: the invoices that these payment intents and charges pay.';

-- Customers read their own invoices and subscriptions, where the service keeps none (attach: own_mirror and
-- own_mirror_subscriptions): by the claims they come with, as in the service's own tables, and of its mode alone.
do $$
begin
  if to_regrole('console_as_customer') is null then
    return;
  end if;
  grant select (livemode) on console.stripe_mode to console_as_customer;
  create policy read_by_customers on console.stripe_mode for select to console_as_customer using (true);
  grant select (
    id, user_id, number, status, currency, total, description, hosted_url, period_start, period_end, created_at, paid_at, as_of,
    went_back, paid_by, livemode
  ) on console.stripe_invoices to console_as_customer;
  create policy read_by_customers on console.stripe_invoices for select to console_as_customer using (
    user_id = (select nullif(pg_catalog.current_setting('request.jwt.claims', true), '')::jsonb ->> 'sub')
    and livemode = (select m.livemode from console.stripe_mode as m)
  );
  grant select (
    id, user_id, status, current_period_start, current_period_end, cancel_at_period_end, cancel_at, created_at, livemode
  ) on console.stripe_subscriptions to console_as_customer;
  create policy read_by_customers on console.stripe_subscriptions for select to console_as_customer using (
    user_id = (select nullif(pg_catalog.current_setting('request.jwt.claims', true), '')::jsonb ->> 'sub')
    and livemode = (select m.livemode from console.stripe_mode as m)
  );
end
$$;

-- Asked for a customer (own_mirror), whom row level security may not show what the service keeps.
create function console.kept_by_service(p_invoice text) returns boolean
language plpgsql
stable
security definer
set search_path = ''
as $function$
begin
  return exists (select from console.invoices as k where k.stripe_invoice_id = p_invoice);
end
$function$;

-- Stripe's word for one of its invoices that waits for no money, for a customer whose own record names it by its id: whoever
-- the mirror takes that to be. A row without a word: Stripe has it, and it still waits, or is in another currency. No
-- row: Stripe has no such invoice. Nothing else of it is told.
create function console.stripe_word(p_invoice text, p_currency text) returns setof text
language sql
stable
security definer
rows 1
set search_path = ''
as $function$
  select case when (pg_catalog.upper(t.currency) = pg_catalog.upper(p_currency)) is not false then case
    when t.status = 'paid' and t.went_back then 'refunded'
    when t.status in ('paid', 'void', 'uncollectible') then t.status
  end end
  from console.stripe_invoices as t
  where t.id = p_invoice and t.livemode = (select m.livemode from console.stripe_mode as m);
$function$;

comment on function console.stripe_word(text, text) is
  'The word of Stripe''s that an invoice stands under for its customer: refunded, paid, void, uncollectible; else null.';
comment on function console.kept_by_service(text) is 'Whether a table of the service has this invoice of Stripe, whoever it belongs to there.';

select console.renew_grants();
