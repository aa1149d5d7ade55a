-- What is remembered of how news of Stripe's came, where what follows must follow once and at the right time: the end of a
-- subscription, which ends a plan once, and the payment of a checkout, which is counted where it was made live.
--
-- A plan that somebody chose after their subscription had ended is theirs to choose: only another end ends it. Nor does one
-- that came in shadow, or was read from Stripe as something of long ago; another program, or a person, saw to it then.

create table console.stripe_ends (
  subscription_id text not null primary key,
  acted_at timestamptz
);

comment on table console.stripe_ends is
  'Subscriptions whose end an event told of while effects were live, until that one runs again. acted_at: when the plan was looked at for it; null: that is due.';

alter table console.stripe_ends enable row level security;
insert into console.readable (relation, groups) values ('stripe_ends', '{support,finance,admin,auditor,receiver,collector}');

-- Called once a fact is kept. p_ours: it is of the mode that this service works in; p_event: an event tells it, or an answer
-- about one, rather than a list that was asked for. An end follows from news that comes live, since the mirror goes on saying so; a
-- payment is of its own time: one from before effects were live was counted by another program, also where the event is applied later,
-- or after another that told of it. What was counted, or a person has seen to, stays so.
create function console.stripe_note(p_fact jsonb, p_ours boolean, p_event boolean) returns void
language plpgsql
set search_path = ''
as $function$
begin
  if p_fact ->> 'table' = 'subscriptions' then
    if p_ours and p_event and console.effect_mode('stripe_events', null) = 'live' and p_fact #>> '{row,status}' in ('canceled', 'incomplete_expired', 'unpaid') then
      insert into console.stripe_ends (subscription_id) values (p_fact #>> '{row,id}') on conflict (subscription_id) do nothing;
    end if;
  elsif p_fact ->> 'table' = 'checkouts' then
    update console.stripe_checkouts as k
    set paid_mode = case when p_ours then console.effect_mode_at('stripe_events', k.paid_since) else 'off' end
    where k.id = p_fact #>> '{row,id}' and k.payment_status = 'paid' and k.paid_since is not null and (
      k.paid_mode is null or (
        k.paid_mode = 'live' and p_ours
        and not exists (select from console.stripe_purchases as p where p.checkout_id = k.id)
        and not exists (select from console.stripe_not_counted as n where n.checkout_id = k.id)
      )
    );
  end if;
end
$function$;

create function console.stripe_ends_due(p_customer text, p_livemode boolean) returns boolean
language sql
stable
set search_path = ''
as $function$
  select exists (
    select from console.stripe_ends as e join console.stripe_subscriptions as s on s.id = e.subscription_id
    where s.customer_id = p_customer and s.livemode = p_livemode and e.acted_at is null
  );
$function$;

comment on function console.stripe_note(jsonb, boolean, boolean) is
  'Internal: remembers that a subscription ended, and in which mode a checkout was paid.';
comment on function console.stripe_ends_due(text, boolean) is
  'Internal: whether a subscription of a customer ended and nobody looked at their plan since.';

select console.renew_grants();
