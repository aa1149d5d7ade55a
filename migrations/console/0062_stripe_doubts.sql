-- What Stripe's events leave in doubt: two of one second that say different things of one object, an invoice of which
-- only the first lines were sent, an object that others name and that nobody has seen. Instead of a guess, the object as
-- it is now is asked for (`console.claim_stripe_doubts`), outside of any transaction, and what is answered is kept as
-- the news of that moment. Without a key to ask with, the event says what is in doubt, and those that cannot be
-- ordered wait for a person.
--
-- Functions    claim_stripe_doubts(limit, now, live) · end_stripe_doubt(object, lease, now, fact, as_of, error, again_at)

create table console.stripe_doubts (
  object_id text not null,
  kind text not null,
  why text not null,
  livemode boolean not null,
  event_id text not null,
  as_of timestamptz not null,
  since timestamptz not null,
  attempts integer not null default 0,
  next_at timestamptz not null,
  lease uuid,
  leased_until timestamptz,
  last_error text,

  constraint stripe_doubts_pkey primary key (kind, object_id),
  constraint stripe_doubts_kind_check check (kind in (
    'customers', 'subscriptions', 'invoices', 'invoice_payments', 'payments', 'refunds', 'disputes', 'credit_notes',
    'payment_methods', 'checkouts', 'holdings'
  )),
  constraint stripe_doubts_why_check check (why in ('one_second', 'lines', 'never_seen', 'not_all_known')),
  constraint stripe_doubts_attempts_check check (attempts >= 0)
);

create index stripe_doubts_due_idx on console.stripe_doubts (next_at);
create index stripe_doubts_event_idx on console.stripe_doubts (event_id);

comment on table console.stripe_doubts is 'Objects of Stripe''s of which events do not say enough, until Stripe was asked.';
comment on column console.stripe_doubts.why is
  'one_second: two events of one second say different things; lines: an invoice has more; never_seen: others name it; not_all_known: what else a customer has (kind holdings, 0064).';
comment on column console.stripe_doubts.as_of is 'How old the news is that left it in doubt; newer news of one_second ends it.';

alter table console.stripe_doubts enable row level security;

-- Whether an object of that part of the mirror is known.
create function console.stripe_knows(p_kind text, p_id text) returns boolean
language plpgsql
stable
set search_path = ''
as $function$
declare
  v_known boolean;
begin
  execute pg_catalog.format('select exists (select from console.%I as t where t.id = $1)', 'stripe_' || p_kind)
  into v_known using p_id;
  return v_known;
end
$function$;

-- What a fact leaves in doubt: called before it is kept, since afterwards nobody can tell two of one second apart.
create function console.stripe_doubt(p_fact jsonb, p_as_of timestamptz, p_event_id text, p_livemode boolean) returns void
language plpgsql
set search_path = ''
as $function$
declare
  v_kind text := p_fact ->> 'table';
  v_id text := p_fact #>> '{row,id}';
  v_now timestamptz := pg_catalog.clock_timestamp();
  v_known jsonb;
  v_said jsonb;
  v_named record;
  v_of_it text[] := array[
    'as_of', 'rank', 'event_id', 'livemode', 'customer_id', 'user_named', 'user_id', 'payment_intent_id', 'charge_id', 'invoice_id',
    'created_at', 'stood_at', 'failed_at', 'paid_since', 'paid_mode', 'past_due_at', 'not_past_due_at'
  ] || case when p_fact ->> 'table' = 'invoices' then array['refunded', 'credited', 'went_back', 'failing', 'failing_since', 'payment_failed', 'apart', 'paid_by'] else '{}' end;
begin
  if pg_catalog.to_regclass(pg_catalog.format('console.%I', 'stripe_' || v_kind)) is null then
    -- No part of the mirror: keeping it is refused.
    return;
  end if;
  -- It is there now, or there is newer news of it.
  delete from console.stripe_doubts as d
  where d.kind = v_kind and d.object_id = v_id and d.livemode = p_livemode and (d.why = 'never_seen' or (d.why = 'one_second' and d.as_of < p_as_of));
  if found then
    perform console.stripe_waits_no_more(array(
      select i.id from console.inbox as i
      where i.provider = 'stripe' and i.state = 'conflict' and 'cannot_be_ordered' = any (console.stripe_words(i.outcome))
        and i.outcome ->> 'object' = v_id and i.livemode = p_livemode
    ), '{cannot_be_ordered}');
  end if;

  -- What is the same in another order is in no doubt; nor is what names another object, which only ever goes missing.
  execute pg_catalog.format(
    'select to_jsonb(t) - $1 from console.%I as t
     where t.id = $2 and t.livemode = $3 and t.as_of = $4 and t.rank = ($5)::integer and t.event_id <> $6',
    'stripe_' || v_kind
  ) into v_known using v_of_it, v_id, p_livemode, p_as_of, p_fact ->> 'rank', p_event_id;
  if v_known is not null then
    execute pg_catalog.format('select to_jsonb(r) - $1 from pg_catalog.jsonb_populate_record(null::console.%I, $2) as r', 'stripe_' || v_kind)
    into v_said using v_of_it, p_fact -> 'row';
  end if;
  if v_said is distinct from v_known then
    insert into console.stripe_doubts as d (object_id, kind, why, livemode, event_id, as_of, since, next_at)
    values (v_id, v_kind, 'one_second', p_livemode, p_event_id, p_as_of, v_now, greatest(v_now, p_as_of) + interval '5 seconds')
    on conflict (kind, object_id) do update set
      why = excluded.why, event_id = excluded.event_id, as_of = greatest(d.as_of, excluded.as_of), lease = null, leased_until = null,
      next_at = excluded.next_at;
  elsif v_kind = 'invoices' and not (p_fact #>> '{row,lines_complete}')::boolean then
    insert into console.stripe_doubts (object_id, kind, why, livemode, event_id, as_of, since, next_at)
    values (v_id, v_kind, 'lines', p_livemode, p_event_id, p_as_of, v_now, v_now)
    on conflict (kind, object_id) do nothing;
  end if;

  -- Events come in any order: whoever is named has a minute to come by itself.
  for v_named in
    select n.kind, n.id
    from (
      values
      ('customers', case when v_kind <> 'customers' then p_fact #>> '{row,customer_id}' end),
      ('payments', case when v_kind in ('refunds', 'disputes') then coalesce(p_fact #>> '{row,charge_id}', p_fact #>> '{row,payment_intent_id}') end),
      ('invoices', case when v_kind in ('credit_notes', 'invoice_payments') then p_fact #>> '{row,invoice_id}' end),
      ('payments', case when v_kind = 'invoice_payments' then coalesce(p_fact #>> '{row,payment_intent_id}', p_fact #>> '{row,charge_id}') end),
      ('refunds', case when v_kind = 'credit_notes' then p_fact #>> '{row,refund_id}' end)
    ) as n (kind, id)
    where n.id is not null
  loop
    continue when console.stripe_knows(v_named.kind, v_named.id);
    insert into console.stripe_doubts (object_id, kind, why, livemode, event_id, as_of, since, next_at)
    values (v_named.id, v_named.kind, 'never_seen', p_livemode, p_event_id, p_as_of, v_now, v_now + interval '1 minute')
    on conflict (kind, object_id) do nothing;
  end loop;
end
$function$;

-- Objects to be asked for now, of the mode that the key is of, each for two minutes by the clock of the database.
create function console.claim_stripe_doubts(p_limit integer, p_now timestamptz, p_live boolean) returns table (
  object_id text, lease uuid, kind text, why text, attempts integer
)
language plpgsql
security definer
set search_path = ''
as $function$
begin
  if p_limit is null or p_limit not between 1 and 100 or p_live is null or not coalesce(pg_catalog.isfinite(p_now), false) then
    perform console.refuse('HD005', 'Ask for 1 to 100 objects of a mode, at a time.', '{"argument": "limit"}');
  end if;
  return query
  with due as (
    select d.kind, d.object_id from console.stripe_doubts as d
    where d.next_at <= p_now and d.livemode = p_live and (d.leased_until is null or d.leased_until <= pg_catalog.clock_timestamp())
    order by d.next_at, d.object_id
    limit p_limit
    for update skip locked
  )
  update console.stripe_doubts as d set
    lease = pg_catalog.gen_random_uuid(), leased_until = pg_catalog.clock_timestamp() + interval '2 minutes', attempts = d.attempts + 1
  from due where d.kind = due.kind and d.object_id = due.object_id
  returning d.object_id, d.lease, d.kind, d.why, d.attempts;
end
$function$;

-- No event came with what was read (p_read, its name in place of one), so whatever is left of it is told by the event that left
-- the doubt. One that is applied again just now says so by itself.
create function console.stripe_told_by(p_event_id text, p_read text, p_answer jsonb) returns void
language plpgsql
set search_path = ''
as $function$
begin
  update console.stripe_doubts as d set event_id = p_event_id where d.event_id = p_read;
  if p_answer ->> 'result' = 'conflict' then
    update console.inbox as i set
      state = 'conflict', done_at = null,
      outcome = console.stripe_waits_for((coalesce(i.outcome, '{}') - 'dismissed') || (p_answer -> 'outcome'), console.stripe_words(
        p_answer -> 'outcome'
      ) || array(
        -- What it waits for already it goes on waiting for.
        select w from pg_catalog.unnest(console.stripe_words(i.outcome)) as w
        where i.state = 'conflict' and w <> all (console.stripe_words(p_answer -> 'outcome'))
      ))
    where i.provider = 'stripe' and i.event_id = p_event_id and i.state in ('done', 'conflict');
  end if;
end
$function$;

-- How asking ended: with the object as it was at p_as_of (p_fact, as in stripe_keep), with Stripe not having it (no
-- fact, no error), or not at all (p_error, and when to ask again). Answers what became of it: kept, gone, older (the
-- mirror has newer news: asked again), again, or lost (another program has it).
create function console.end_stripe_doubt(
  p_object_id text, p_lease uuid, p_now timestamptz, p_fact jsonb, p_as_of timestamptz, p_error text, p_again_at timestamptz
) returns text
language plpgsql
security definer
set search_path = ''
set timezone to 'UTC'
as $function$
declare
  v_doubt console.stripe_doubts;
  v_newest timestamptz;
  v_read text := 'read:' || p_object_id || ':' || p_lease;
  v_answer jsonb;
begin
  if not coalesce(pg_catalog.isfinite(p_now), false) or (p_fact is not null and not coalesce(pg_catalog.isfinite(p_as_of), false))
    or (p_error is not null and not coalesce(pg_catalog.isfinite(p_again_at), false))
  then
    perform console.refuse('HD005', 'Say what time it is, as of when, and when to ask again.', '{"argument": "now"}');
  end if;
  -- Before the doubt itself, as whoever applies an event does.
  perform console.stripe_hold_customer(coalesce(console.stripe_customer_of(p_fact), (
    select d.object_id from console.stripe_doubts as d where d.object_id = p_object_id and d.kind = 'holdings'
  )), true);
  if p_fact is not null then
    perform console.stripe_hold(pg_catalog.jsonb_build_array(p_fact), true);
  end if;
  select d.* into v_doubt from console.stripe_doubts as d where d.object_id = p_object_id and d.lease = p_lease for update;
  if not found then
    return 'lost';
  end if;
  if p_error is not null then
    update console.stripe_doubts as d set
      last_error = pg_catalog.left(p_error, 500), next_at = p_again_at, lease = null, leased_until = null
    where d.kind = v_doubt.kind and d.object_id = p_object_id;
    -- Nobody answers for long: what followed from nothing yet is said to a person, once, until it is answered after all.
    if v_doubt.attempts >= 5 and v_doubt.why = 'one_second' then
      update console.inbox as i set
        state = 'conflict', done_at = null, outcome = console.stripe_waits_for(i.outcome, '{cannot_be_ordered}')
      where i.provider = 'stripe' and i.event_id = v_doubt.event_id and i.state = 'done' and not coalesce(i.outcome ? 'dismissed', false);
    elsif v_doubt.attempts >= 5 and v_doubt.why = 'not_all_known' then
      perform console.stripe_tell_not_known(v_doubt.event_id, p_object_id, v_doubt.livemode);
    end if;
    return 'again';
  end if;
  if p_fact is not null then
    if p_fact ->> 'table' is distinct from v_doubt.kind or p_fact #>> '{row,id}' is distinct from p_object_id then
      perform console.refuse('HD005', 'This is another object.', '{"argument": "fact"}');
    end if;
    execute pg_catalog.format('select t.as_of from console.%I as t where t.id = $1', 'stripe_' || v_doubt.kind)
    into v_newest using p_object_id;
    if greatest(v_newest, v_doubt.as_of) >= p_as_of and v_doubt.why <> 'never_seen' then
      -- It may be the answer to what came a moment ago, or be older: asked a moment later it is neither.
      update console.stripe_doubts as d set next_at = p_now + interval '5 seconds', lease = null, leased_until = null
      where d.kind = v_doubt.kind and d.object_id = p_object_id;
      return 'older';
    end if;
  end if;
  delete from console.stripe_doubts as d where d.kind = v_doubt.kind and d.object_id = p_object_id;
  perform console.stripe_waits_no_more(array(
    select i.id from console.inbox as i
    where i.provider = 'stripe' and i.state = 'conflict' and 'cannot_be_ordered' = any (console.stripe_words(i.outcome))
      and i.outcome ->> 'object' = p_object_id and i.livemode = v_doubt.livemode
  ), '{cannot_be_ordered}');
  if p_fact is null then
    if v_doubt.kind = 'holdings' then
      -- Stripe has events of them and knows nobody of that name: this is not the key of that account.
      perform console.stripe_tell_not_known(v_doubt.event_id, p_object_id, v_doubt.livemode);
    end if;
    return 'gone';
  end if;
  v_answer := console.apply_stripe(
    pg_catalog.jsonb_build_object(
      'id', v_read, 'kind', 'read', 'created', p_as_of, 'livemode', v_doubt.livemode, 'asks', true
    ), pg_catalog.jsonb_build_array(p_fact), v_doubt.livemode
  );
  perform console.stripe_told_by(v_doubt.event_id, v_read, v_answer);
  return 'kept';
end
$function$;

comment on function console.stripe_knows(text, text) is 'Internal: whether the mirror has an object.';
comment on function console.stripe_doubt(jsonb, timestamptz, text, boolean) is 'Internal: notes what a fact leaves in doubt.';
comment on function console.stripe_told_by(text, text, jsonb) is
  'Internal: has what is left of an answer told by the event that left the doubt.';
comment on function console.claim_stripe_doubts(integer, timestamptz, boolean) is
  'Objects of Stripe''s that are in doubt and to be asked for, each leased for two minutes.';
comment on function console.end_stripe_doubt(text, uuid, timestamptz, jsonb, timestamptz, text, timestamptz) is
  'Ends a doubt with what Stripe answered: kept, gone, older, again, or lost.';

insert into console.functions (name, groups) values
('claim_stripe_doubts', '{receiver}'),
('end_stripe_doubt', '{receiver}');

insert into console.readable (relation, groups) values ('stripe_doubts', '{support,finance,admin,auditor,receiver}');

select console.renew_grants();
