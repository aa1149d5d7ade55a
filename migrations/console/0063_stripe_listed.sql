-- Stripe's invoices among the service's own: a service that keeps no table of invoices has them in the mirror, and
-- lists, sums and searches them there (attach makes the view: `billed_mirror`).

-- Which of Stripe's modes this service works in, by what its receiver said last. Rows of the other mode are kept
-- and never listed: play money is no invoice.
create table console.stripe_mode (
  only_one boolean not null default true primary key,
  livemode boolean not null,

  constraint stripe_mode_only_one_check check (only_one)
);

comment on table console.stripe_mode is 'The mode of Stripe''s that this service works in, as its receiver is set up.';

insert into console.stripe_mode (livemode) values (true);
alter table console.stripe_mode enable row level security;
insert into console.readable (relation, groups) values ('stripe_mode', '{support,finance,admin,auditor,receiver,collector}');

-- Lists are read in these orders, and stop after their page.
create index stripe_invoices_total_idx on console.stripe_invoices (total desc, id desc);
create index stripe_invoices_due_idx on console.stripe_invoices (due_at desc, id desc);
create index stripe_invoices_status_idx on console.stripe_invoices (pg_catalog.lower(status), created_at desc, id desc);
create index stripe_invoices_intent_idx on console.stripe_invoices (payment_intent_id) where payment_intent_id is not null;

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

-- Whose Stripe's invoices are is written in them, so that a user's are found without asking for each. Who a customer
-- is stands in the service's own table of users, which tells nobody of its changes: so it is looked at whenever Stripe
-- says something of the customer, and for all of them whenever sums are counted anew because users changed.
create function console.stripe_place_invoices_of(p_customer text, p_livemode boolean) returns void
language plpgsql
set search_path = ''
as $function$
declare
  v_user text := console.stripe_user(p_customer, p_livemode);
begin
  update console.stripe_invoices as t set user_id = v_user
  where t.customer_id = p_customer and t.livemode = p_livemode and t.user_id is distinct from v_user;
end
$function$;

create function console.stripe_place_invoices() returns bigint
language plpgsql
set search_path = ''
as $function$
declare
  v_placed bigint;
begin
  if not exists (select from console.stripe_invoices) then
    return 0;
  end if;
  -- As console.stripe_user has it, for all of them at once.
  update console.stripe_invoices as t set user_id = w.user_id
  from (
    select i.id, case when i.livemode then l.user_id else coalesce(x.user_id, l.user_id) end as user_id
    from console.stripe_invoices as i
    left join (
      select u.stripe_customer_id as customer_id, min(u.id) as user_id
      from console.users as u where u.stripe_customer_id is not null group by u.stripe_customer_id
    ) as l on l.customer_id = i.customer_id
    left join (
      select u.stripe_test_customer_id as customer_id, min(u.id) as user_id
      from console.users as u where u.stripe_test_customer_id is not null group by u.stripe_test_customer_id
    ) as x on x.customer_id = i.customer_id
  ) as w
  where w.id = t.id and t.user_id is distinct from w.user_id;
  get diagnostics v_placed = row_count;
  return v_placed;
end
$function$;

comment on function console.stripe_place_invoices_of(text, boolean) is 'Internal: writes into a customer''s invoices whose they are here.';
comment on function console.stripe_place_invoices() is 'Internal: writes into all of Stripe''s invoices whose they are here; how many changed.';

select console.renew_grants();
