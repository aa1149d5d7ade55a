-- Which invoices of the service wait for money there while Stripe has them as settled, kept along with the figures: a list of
-- what is paid, void or given up finds those few among all that wait, and does not ask the mirror for each of them.
--
-- Lists ask of each whether it still is so: one that is here too long is not shown, and one that Stripe told of just now is found
-- by its new word a round later, or by the old one until then where both are asked for and a payment of it had failed.

create table console.invoices_overruled (
  origin text not null,
  id text not null,

  constraint invoices_overruled_pkey primary key (origin, id)
);

comment on table console.invoices_overruled is
  'Rows of invoices and billing_history that stand under Stripe''s word instead of their own (console.recorded_invoices).';
comment on column console.invoices_overruled.origin is 'invoices or billing_history.';

alter table console.invoices_overruled enable row level security;

insert into console.readable (relation, groups) values
('invoices_overruled', '{support,finance,admin,auditor,receiver,collector}');

-- First whatever Stripe may overrule, each way by a join; then what the rules say of each.
create function console.rollups_refresh_overruled() returns bigint
language plpgsql
security definer
set search_path = ''
set plan_cache_mode = force_custom_plan
set work_mem = '32MB'
set jit = off
as $function$
declare
  v_changed bigint;
begin
  if not exists (select from console.stripe_invoices) and not exists (select from console.invoices_overruled) then
    return 0;
  end if;
  with waiting as materialized (
    select i.origin, i.id, i.user_id, i.number, i.stripe_invoice_id, i.stripe_payment_intent_id from console.invoices as i
    where lower(i.status) in ('open', 'pending', 'unpaid', 'past_due', 'overdue', 'failed')
  ),
  candidates as (
    select w.origin, w.id from waiting as w join console.stripe_invoices as t on t.id = w.stripe_invoice_id
    where t.status in ('paid', 'void', 'uncollectible')
    union
    select w.origin, w.id from waiting as w join console.stripe_invoices as t on t.number = w.number and t.user_id = w.user_id
    where t.status in ('paid', 'void', 'uncollectible')
    union
    select w.origin, w.id
    from waiting as w join console.stripe_invoices as t on t.paid_by = w.stripe_payment_intent_id and t.user_id = w.user_id
    where t.status in ('paid', 'void', 'uncollectible')
  ),
  truth as materialized (
    select c.origin, c.id from candidates as c
    where exists (
      select from console.recorded_invoices as r where r.id = c.id and r.origin = c.origin and r.stripe_says is not null
    )
  ),
  gone as (
    delete from console.invoices_overruled as k
    where not exists (select from truth as t where t.origin = k.origin and t.id = k.id)
    returning 1
  ),
  put as (
    insert into console.invoices_overruled (origin, id) select t.origin, t.id from truth as t
    on conflict do nothing
    returning 1
  )
  select (select count(*) from gone) + (select count(*) from put) into v_changed;
  return v_changed;
end
$function$;

comment on function console.rollups_refresh_overruled() is
  'Internal: lists the invoices that stand under Stripe''s word instead of their own; how many rows of the list changed.';

insert into console.functions (name, groups) values ('found_standing', '{support,finance,admin,auditor}');

select console.renew_grants();
