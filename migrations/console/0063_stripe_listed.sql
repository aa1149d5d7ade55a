-- Stripe's invoices among the service's own: a service that keeps no table of invoices has them in the mirror, and
-- lists, sums and searches them there (attach makes the view: `billed_mirror`).

-- Which of Stripe's modes this service works in, by what its receiver said last. Rows of the other mode are kept
-- and never listed: play money is no invoice.
create table console.stripe_mode (
  only_one boolean not null default true primary key,
  livemode boolean not null,
  placed_by text,

  constraint stripe_mode_only_one_check check (only_one)
);

comment on table console.stripe_mode is 'The mode of Stripe''s that this service works in, as its receiver is set up.';
comment on column console.stripe_mode.placed_by is 'What was last looked at to tell whose Stripe''s invoices are (console.stripe_place_invoices).';

insert into console.stripe_mode (livemode) values (true);
alter table console.stripe_mode enable row level security;
insert into console.readable (relation, groups) values ('stripe_mode', '{support,finance,admin,auditor,receiver,collector}');

-- Lists are read in these orders, and stop after their page.
create index stripe_invoices_total_idx on console.stripe_invoices (total desc, id desc);
create index stripe_invoices_due_idx on console.stripe_invoices (due_at desc, id desc);
create index stripe_invoices_status_idx on console.stripe_invoices (pg_catalog.lower(status), created_at desc, id desc);
create index stripe_invoices_number_idx on console.stripe_invoices (number) where number is not null;
create index stripe_invoices_intent_idx on console.stripe_invoices (payment_intent_id) where payment_intent_id is not null;
create index stripe_invoices_paid_by_idx on console.stripe_invoices (paid_by) where paid_by is not null;
create index stripe_invoices_back_idx on console.stripe_invoices (created_at desc, id desc) where went_back is true;

-- Numbers are searched by any part of them, where the extension for that is there (attach asks for no extension).
do $$
declare
  v_schema text := (
    select n.nspname from pg_catalog.pg_extension as e join pg_catalog.pg_namespace as n on n.oid = e.extnamespace
    where e.extname = 'pg_trgm'
  );
begin
  if v_schema is not null then
    execute format(
      'create index stripe_invoices_number_fragment_idx on console.stripe_invoices using gin (number %I.gin_trgm_ops)', v_schema
    );
  end if;
end
$$;

-- Whose Stripe's invoices and subscriptions are is written in them, so that a user's are found without asking for each.
-- Who a customer is stands in the service's own table of users, which tells nobody of its changes: so it is looked at
-- whenever Stripe says something of the customer, and for all of them whenever sums are counted anew because users
-- changed. A customer that several users share is the first one's, but an invoice that the service keeps itself is that
-- user's in whose name it does.
create function console.stripe_place_invoices_of(p_customer text, p_livemode boolean) returns void
language plpgsql
set search_path = ''
as $function$
declare
  v_users text[] := console.stripe_users(p_customer, p_livemode);
begin
  update console.stripe_subscriptions as t set user_id = v_users[1]
  where t.customer_id = p_customer and t.livemode = p_livemode and t.user_id is distinct from v_users[1];
  if coalesce(cardinality(v_users), 0) < 2 then
    update console.stripe_invoices as t set user_id = v_users[1]
    where t.customer_id = p_customer and t.livemode = p_livemode and t.user_id is distinct from v_users[1];
    return;
  end if;
  update console.stripe_invoices as t set user_id = w.user_id
  from (
    select i.id, coalesce(
      (
        select k.user_id from console.invoices as k
        where
          k.user_id = any (v_users)
          and (k.stripe_invoice_id = i.id or k.number = i.number or k.stripe_payment_intent_id = i.paid_by)
        order by k.stripe_invoice_id is not distinct from i.id desc, k.user_id
        limit 1
      ), v_users[1]
    ) as user_id
    from console.stripe_invoices as i where i.customer_id = p_customer and i.livemode = p_livemode
  ) as w
  where w.id = t.id and t.user_id is distinct from w.user_id;
end
$function$;

-- Of all customers, unless p_by, what tells of users and of the service's invoices, is what it was: what Stripe says since
-- is placed when it says it. Only those of whom somebody else than before is known are looked at one by one.
create function console.stripe_place_invoices(p_by text default null) returns bigint
language plpgsql
set search_path = ''
set work_mem = '32MB'
as $function$
declare
  v_live boolean := (select m.livemode from console.stripe_mode as m);
  v_test boolean := not v_live and exists (select from console.users as u where u.stripe_test_customer_id is not null);
  v_placed bigint := 0;
  v_customer text;
begin
  if exists (select from console.stripe_mode as m where m.placed_by = m.livemode::text || ' ' || p_by) then
    return 0;
  end if;
  update console.stripe_mode as m set placed_by = m.livemode::text || ' ' || p_by;
  if not exists (select from console.stripe_invoices) and not exists (select from console.stripe_subscriptions) then
    return 0;
  end if;
  for v_customer in
    with named as materialized (
      select u.stripe_customer_id as customer_id, u.id from console.users as u where u.stripe_customer_id is not null
      union all
      select u.stripe_test_customer_id, u.id from console.users as u where v_test and u.stripe_test_customer_id is not null
    ),
    owners as materialized (
      select n.customer_id, min(n.id) as user_id, count(*) as users from named as n group by n.customer_id
    ),
    placed as materialized (
      select i.customer_id, i.user_id from console.stripe_invoices as i where i.livemode = v_live group by 1, 2
      union
      select s.customer_id, s.user_id from console.stripe_subscriptions as s where s.livemode = v_live
    )
    select p.customer_id
    from placed as p
    left join owners as o on o.customer_id = p.customer_id
    where p.customer_id is not null and (o.user_id is distinct from p.user_id or o.users > 1)
    group by 1
  loop
    perform console.stripe_place_invoices_of(v_customer, v_live);
    v_placed := v_placed + 1;
  end loop;
  return v_placed;
end
$function$;

-- What was told while a customer became somebody's may have been placed before either was there to be seen by the other.
create function console.stripe_place_rest() returns bigint
language plpgsql
set search_path = ''
as $function$
declare
  v_live boolean := (select m.livemode from console.stripe_mode as m);
  v_placed bigint := 0;
  v_customer text;
begin
  for v_customer in
    select r.customer_id from (
      select i.customer_id from console.stripe_invoices as i where i.user_id is null and i.livemode = v_live
      union
      select s.customer_id from console.stripe_subscriptions as s where s.user_id is null and s.livemode = v_live
    ) as r
    where cardinality(console.stripe_users(r.customer_id, v_live)) > 0
  loop
    perform console.stripe_place_invoices_of(v_customer, v_live);
    v_placed := v_placed + 1;
  end loop;
  return v_placed;
end
$function$;

comment on function console.stripe_place_rest() is
  'Internal: places the invoices and subscriptions of customers that were nobody''s and are somebody''s now; of how many customers.';
comment on function console.stripe_place_invoices_of(text, boolean) is
  'Internal: writes into a customer''s invoices and subscriptions whose they are here.';
comment on function console.stripe_place_invoices(text) is
  'Internal: writes into all of Stripe''s invoices and subscriptions whose they are here; of how many customers.';

select console.renew_grants();
