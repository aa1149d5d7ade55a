-- Credits that were paid in another currency than the ledger's: how many that is, a person says. An event waits as a
-- conflict for each such checkout; a person gives the credits with an adjustment and dismisses it. When money of it goes
-- back afterwards, or comes again, they are told anew.

create table console.stripe_not_counted (
  checkout_id text not null primary key,
  back numeric not null,
  lost jsonb not null default '[]'
);

comment on table console.stripe_not_counted is
  'Checkouts in another currency that a person has seen to. back: what of the payment had gone back by then, in its currency; lost: disputes that were lost by then, in others.';

alter table console.stripe_not_counted enable row level security;
insert into console.readable (relation, groups) values ('stripe_not_counted', '{support,finance,admin,auditor,receiver,collector}');

-- What events wait for a person to count, one row for each checkout; told: what of it an event said. One that waits for its
-- customer to be known waits for that alone: then it is told.
create function console.stripe_not_counted_told(out id bigint, out checkout_id text, out told jsonb) returns setof record
language sql
stable
set search_path = ''
as $function$
  select i.id, t.told ->> 'checkout', t.told
  from console.inbox as i
  cross join lateral pg_catalog.jsonb_path_query(i.outcome, '$.purchases[*] ? (exists (@.not_counted))') as t (told)
  where i.provider = 'stripe' and i.state = 'conflict' and 'credits_in_other_currency' = any (console.stripe_words(i.outcome));
$function$;

-- Whether what an event said of a checkout is so now.
create function console.stripe_not_counted_stands(p_checkout text, p_told jsonb) returns boolean
language sql
stable
set search_path = ''
as $function$
  select exists (
    select from console.stripe_checkouts as k
    cross join lateral console.stripe_went_back(k.payment_intent_id, k.currency, k.livemode, '{}') as w
    where k.id = p_checkout and w.back = (p_told ->> 'back')::numeric and coalesce(w.apart, '[]') = coalesce(p_told -> 'lost', '[]')
  );
$function$;

-- For each checkout that no event waits for yet, and of which a person has not seen this: {"not_counted", "currency", "back",
-- "checkout"}, and {"lost"} where a dispute was lost of which nobody said what it comes to in that currency. Events that waited
-- for something of which nothing is so any more wait no longer.
create function console.stripe_settle_not_counted(p_customer text, p_user text, p_livemode boolean) returns jsonb
language plpgsql
set search_path = ''
as $function$
declare
  v_said jsonb := '[]';
  v_paid record;
  v_back record;
  v_told jsonb;
begin
  for v_paid in
    select k.id, k.amount, k.currency, k.payment_intent_id
    from console.stripe_checkouts as k
    where
      k.livemode = p_livemode and k.mode = 'payment' and k.payment_status = 'paid' and k.paid_mode = 'live' and k.amount > 0
      and k.currency <> 'USD' and coalesce(k.purpose, 'credits') = 'credits'
      and (k.customer_id = p_customer or (k.customer_id is null and k.user_named = p_user))
    order by k.id
  loop
    select w.* into v_back from console.stripe_went_back(v_paid.payment_intent_id, v_paid.currency, p_livemode, '{}') as w;
    v_told := pg_catalog.jsonb_build_object(
      'not_counted', v_paid.amount::text, 'currency', v_paid.currency, 'back', v_back.back::text, 'checkout', v_paid.id
    ) || case when v_back.apart is null then '{}' else pg_catalog.jsonb_build_object('lost', v_back.apart) end;
    perform console.stripe_waits_no_more(array(
      select t.id from console.stripe_not_counted_told() as t
      where t.id in (select o.id from console.stripe_not_counted_told() as o where o.checkout_id = v_paid.id)
      group by t.id
      having not bool_or(console.stripe_not_counted_stands(t.checkout_id, t.told))
    ), '{credits_in_other_currency}');
    if not exists (
      select from console.stripe_not_counted as n
      where n.checkout_id = v_paid.id and n.back = v_back.back and n.lost = coalesce(v_back.apart, '[]')
    ) and not exists (
      select from console.stripe_not_counted_told() as t
      where t.checkout_id = v_paid.id and console.stripe_not_counted_stands(t.checkout_id, t.told)
    ) then
      v_said := v_said || v_told;
    end if;
  end loop;
  return v_said;
end
$function$;

comment on function console.stripe_not_counted_told() is 'Internal: checkouts in another currency that events wait for a person to count.';
comment on function console.stripe_not_counted_stands(text, jsonb) is
  'Internal: whether what an event said of a checkout in another currency is so now.';
comment on function console.stripe_settle_not_counted(text, text, boolean) is
  'Internal: checkouts of a customer in another currency that a person is to be told of.';

select console.renew_grants();
