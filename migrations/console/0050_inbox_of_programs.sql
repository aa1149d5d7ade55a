-- The inbox as programs use it: through functions, so that `serve` runs under a login of the group receiver
-- that owns nothing; several events a commit; and two events of one subject never at the same time.

alter table console.inbox
  add column kind text,
  add column subject text,
  add column livemode boolean,
  add column origin text not null default 'sent',
  add constraint inbox_origin_check check (origin in ('sent', 'read_back')) not valid,
  add constraint inbox_kind_check check (length(kind) <= 255) not valid,
  add constraint inbox_subject_check check (length(subject) <= 255) not valid;

alter table console.inbox validate constraint inbox_origin_check;

comment on column console.inbox.kind is 'What happened, in the provider''s words: customer.updated. Unknown kinds are kept and shown as well.';
comment on column console.inbox.subject is 'Whom it is about: two events of one subject are not applied at the same time.';
comment on column console.inbox.livemode is 'Stripe: false for events of its test mode; null where the provider has no modes.';
comment on column console.inbox.origin is 'sent: it arrived by itself. read_back: it never arrived, and was fetched.';

-- Lists of what came, newest first.
create index inbox_received_idx on console.inbox (received_at desc, id desc);

-- Stores events, each once; one word for each in the order given: new or duplicate. All of them or none: a
-- caller whose batch is refused stores its events one by one.
create function console.store_events(
  p_providers text[], p_event_ids text[], p_received_at timestamptz[], p_headers jsonb[], p_bodies bytea[],
  p_kinds text[], p_subjects text[], p_livemode boolean[], p_origin text default 'sent'
) returns text[]
language plpgsql
security definer
set search_path = ''
set plan_cache_mode = force_generic_plan
as $function$
declare
  v_providers text[];
  v_event_ids text[];
begin
  -- In the order they are given: programs sort them, so that two batches with the same events wait for each other in
  -- one direction only.
  with stored as (
    insert into console.inbox (
      provider, event_id, received_at, headers, body, kind, subject, livemode, origin, next_attempt_at
    )
    select g.provider, g.event_id, g.received_at, g.headers, g.body, g.kind, g.subject, g.livemode, p_origin, g.received_at
    from rows from (
      pg_catalog.unnest(p_providers), pg_catalog.unnest(p_event_ids), pg_catalog.unnest(p_received_at),
      pg_catalog.unnest(p_headers), pg_catalog.unnest(p_bodies), pg_catalog.unnest(p_kinds), pg_catalog.unnest(p_subjects),
      pg_catalog.unnest(p_livemode)
    ) as g (provider, event_id, received_at, headers, body, kind, subject, livemode)
    on conflict (provider, event_id) do nothing
    returning provider, event_id
  )
  select pg_catalog.array_agg(s.provider), pg_catalog.array_agg(s.event_id)
  into v_providers, v_event_ids
  from stored as s;
  if pg_catalog.cardinality(v_event_ids) = pg_catalog.cardinality(p_event_ids) then
    return pg_catalog.array_fill('new'::text, array[pg_catalog.cardinality(p_event_ids)]);
  end if;
  -- Of several copies in one batch the first is the one that was stored.
  return (
    with given as (
      select g.provider, g.event_id, g.place,
        pg_catalog.row_number() over (partition by g.provider, g.event_id order by g.place) as copy
      from rows from (pg_catalog.unnest(p_providers), pg_catalog.unnest(p_event_ids))
        with ordinality as g (provider, event_id, place)
    )
    select coalesce(
      pg_catalog.array_agg(case when s.event_id is null then 'duplicate' else 'new' end order by g.place),
      array[]::text[]
    )
    from given as g
    left join rows from (pg_catalog.unnest(v_providers), pg_catalog.unnest(v_event_ids)) as s (provider, event_id)
      on s.provider = g.provider and s.event_id = g.event_id and g.copy = 1
  );
end
$function$;

-- Events that are due, locked until the transaction ends, oldest first. What others have locked is passed
-- over, and so is whatever is about a subject that another transaction is busy with: two thousand are looked at for others. An
-- event that failed and waits for its next try holds up no later one: whatever is applied ends the same in any order.
create function console.claim_events(p_providers text[], p_now timestamptz, p_limit integer) returns table (
  id bigint, provider text, event_id text, kind text, subject text, livemode boolean, received_at timestamptz, body bytea,
  attempts integer
)
language plpgsql
security definer
set search_path = ''
set plan_cache_mode = force_generic_plan
set enable_hashjoin = off
set enable_mergejoin = off
-- Along the index of what is due, however many wait: statistics may still know of none, and to sort a hundred thousand
-- bodies for the sake of thirty-two takes seconds.
set enable_sort = off
set enable_bitmapscan = off
set enable_seqscan = off
-- What these cost by the planner's count would have the plan compiled for each thirty-two.
set jit = off
as $function$
#variable_conflict use_column
begin
  return query
  select i.id, i.provider, i.event_id, i.kind, i.subject, i.livemode, i.received_at, i.body, i.attempts
  from (
    select d.id, d.next_attempt_at, d.provider, d.subject
    from console.inbox as d
    where d.state = 'pending' and d.next_attempt_at <= p_now and d.provider = any (p_providers)
    order by d.next_attempt_at, d.id
    limit 2000
  ) as n
  join console.inbox as i on i.id = n.id
  where
    -- Asked of one after the other, before it is locked, until there are enough.
    (n.subject is null or pg_catalog.pg_try_advisory_xact_lock(pg_catalog.hashtextextended(n.provider || ':' || n.subject, 50)))
    -- Still so; said in another way, since the planner could take the index of what is due for it.
    and i.state not in ('done', 'conflict', 'dead') and i.next_attempt_at <= p_now
  order by n.next_attempt_at, n.id
  limit least(greatest(p_limit, 0), 1000)
  for update of i skip locked;
end
$function$;

-- The ends of claimed events, in the transaction that applied them; how many of them were still waiting.
create function console.end_events(p_ids bigint[], p_states text[], p_outcomes jsonb[], p_now timestamptz) returns bigint
language plpgsql
security definer
set search_path = ''
set plan_cache_mode = force_generic_plan
-- By their ids, however many wait: a session may have planned this when there were none, and then reads all of them for
-- each thirty-two.
set enable_hashjoin = off
set enable_mergejoin = off
set enable_bitmapscan = off
set enable_seqscan = off
as $function$
declare
  v_ended bigint;
begin
  if exists (
    select from pg_catalog.unnest(p_states) as s (state) where s.state is null or s.state not in ('done', 'conflict')
  ) then
    perform console.refuse('HD005', 'An event ends as done or as a conflict.', '{"argument": "state"}');
  end if;
  update console.inbox as i set
    state = e.state, outcome = e.outcome, last_error = null, done_at = case when e.state = 'done' then p_now end
  from rows from (
    pg_catalog.unnest(p_ids), pg_catalog.unnest(p_states), pg_catalog.unnest(p_outcomes)
  ) as e (id, state, outcome)
  -- Which is to say, pending; said so, the planner could take the index of what is due for it.
  where i.id = e.id and i.state not in ('done', 'conflict', 'dead');
  get diagnostics v_ended = row_count;
  return v_ended;
end
$function$;

-- An event whose transaction failed. Somebody else may have dealt with it since: then its count of attempts
-- has moved, and this failure no longer matters. Without a time it is given up. Not counted is what others
-- were in the way of.
create function console.put_off_event(
  p_id bigint, p_attempts integer, p_at timestamptz, p_error text, p_counted boolean
) returns boolean
language plpgsql
security definer
set search_path = ''
as $function$
begin
  if not pg_catalog.isfinite(coalesce(p_at, 'epoch')) then
    perform console.refuse('HD005', 'Say when to try again.', '{"argument": "at"}');
  end if;
  update console.inbox as i set
    state = case when p_at is null then 'dead' else 'pending' end,
    attempts = i.attempts + case when coalesce(p_counted, true) then 1 else 0 end,
    next_attempt_at = coalesce(p_at, i.next_attempt_at),
    last_error = pg_catalog.left(p_error, 1000)
  where i.id = p_id and i.attempts = p_attempts and i.state = 'pending';
  return found;
end
$function$;

comment on function console.store_events(text[], text[], timestamptz[], jsonb[], bytea[], text[], text[], boolean[], text) is
  'Stores events, each once; for each: new or duplicate. Read by programs.';
comment on function console.claim_events(text[], timestamptz, integer) is
  'Events that are due, locked until the transaction ends; never two of one subject in two transactions.';
comment on function console.end_events(bigint[], text[], jsonb[], timestamptz) is
  'Marks claimed events as done, or as conflicts for a person; how many were still waiting.';
comment on function console.put_off_event(bigint, integer, timestamptz, text, boolean) is
  'Has a failed event tried again later, or gives it up (no time); whether nobody else had dealt with it.';

-- What came, without what it says.
create view console.events as
select
  i.id, i.provider, i.event_id, i.kind, i.subject, i.livemode, i.origin, i.received_at, i.state, i.attempts, i.next_attempt_at,
  i.last_error, i.outcome, i.done_at, pg_catalog.length(i.body) as bytes
from console.inbox as i;

comment on view console.events is 'Events as lists show them, without body and headers.';

-- Keys under which senders put what nobody else should read; the rest of a body is shown as it came.
create function console.masked(p_value jsonb) returns jsonb
language sql
immutable
set search_path = ''
as $function$
  select case pg_catalog.jsonb_typeof(p_value)
    when 'object' then (
      select coalesce(pg_catalog.jsonb_object_agg(e.key, case
        when e.key ~* '(secret|token|password|api_?key|authorization|signature|fingerprint)' and pg_catalog.jsonb_typeof(e.value) = 'string'
          then '"masked"'::jsonb
        else console.masked(e.value)
      end), '{}')
      from pg_catalog.jsonb_each(p_value) as e
    )
    when 'array' then (
      select coalesce(pg_catalog.jsonb_agg(console.masked(e.value) order by e.ordinality), '[]')
      from pg_catalog.jsonb_array_elements(p_value) with ordinality as e
    )
    else p_value
  end;
$function$;

-- What an event says: its headers, and its body where it is JSON that Postgres can read (else null).
create function console.event_payload(p_id bigint) returns jsonb
language plpgsql
stable
security definer
set search_path = ''
as $function$
declare
  v_event console.inbox;
  v_body jsonb;
begin
  select i.* into v_event from console.inbox as i where i.id = p_id;
  if not found then
    return null;
  end if;
  begin
    v_body := console.masked(pg_catalog.convert_from(v_event.body, 'UTF8')::jsonb);
  exception
    when data_exception or statement_too_complex then v_body := null;
  end;
  return pg_catalog.jsonb_build_object('id', v_event.id, 'headers', console.masked(v_event.headers), 'body', v_body);
end
$function$;

comment on function console.masked(jsonb) is 'Internal: a value with its secrets masked.';
comment on function console.event_payload(bigint) is
  'What an event says, secrets masked: {"id", "headers", "body"}; body null: it is no JSON.';

-- Applies events again: some by their ids, or all of a time. What is done already comes to the same; a
-- dry run says how many there are.
create function console.replay_events(
  p_ids bigint[], p_from timestamptz, p_until timestamptz, p_states text[], p_provider text, p_reason text, p_dry_run boolean
) returns jsonb
language plpgsql
security definer
set search_path = ''
set timezone to 'UTC'
as $function$
declare
  v_dry boolean := coalesce(p_dry_run, true);
  v_found bigint[];
  v_audit bigint;
begin
  if session_user <> current_user then
    if v_dry then
      perform console.caller();
    else
      perform console.caller_elevated();
    end if;
  end if;
  if not v_dry then
    perform console.text_argument(pg_catalog.jsonb_build_object('reason', p_reason), 'reason', 3, 500);
  end if;
  if (p_ids is null) = (p_from is null or p_until is null) then
    perform console.refuse('HD005', 'Name events by their ids, or a time from and until.', '{"argument": "ids"}');
  end if;
  v_found := array(
    select i.id from console.inbox as i
    where
      (p_ids is null or i.id = any (p_ids))
      and (p_from is null or i.received_at >= p_from) and (p_until is null or i.received_at < p_until)
      and (p_provider is null or i.provider = p_provider)
      and i.state = any (coalesce(p_states, array['done', 'conflict', 'dead']))
      and i.state <> 'pending'
    order by i.id
    limit 10001
    for update
  );
  if pg_catalog.cardinality(v_found) > 10000 then
    perform console.refuse('HD009', 'More than 10,000 events at once: choose a shorter time.', '{"most": 10000}');
  end if;
  if not v_dry and v_found <> '{}' then
    update console.inbox as i set
      state = 'pending', attempts = 0, next_attempt_at = pg_catalog.clock_timestamp(), done_at = null, last_error = null,
      replayed_at = pg_catalog.clock_timestamp()
    where i.id = any (v_found);
    v_audit := console.audit_write('staff', 'replay_events', 'event', null, pg_catalog.jsonb_build_object(
      'reason', p_reason, 'events', v_found[1:1000], 'count', pg_catalog.cardinality(v_found), 'from', p_from, 'until', p_until,
      'states', p_states, 'provider', p_provider
    ));
  end if;
  return pg_catalog.jsonb_build_object(
    'audit_id', v_audit, 'dry_run', v_dry, 'count', pg_catalog.cardinality(v_found), 'ids', v_found[1:1000]
  );
end
$function$;

comment on function console.replay_events(bigint[], timestamptz, timestamptz, text[], text, text, boolean) is
  'Applies events again, by ids or by time: {"audit_id", "dry_run", "count", "ids"}; staff elevated, or the owner.';

insert into console.functions (name, groups) values
('store_events', '{receiver}'),
('claim_events', '{receiver}'),
('end_events', '{receiver}'),
('put_off_event', '{receiver}'),
('event_payload', '{support,admin}'),
('replay_events', '{support,finance,admin}');

insert into console.readable (relation, groups) values ('events', '{support,finance,admin,auditor,receiver}');

-- `serve` keeps the rollups too, whatever login it has.
update console.functions set groups = groups || '{receiver}'
where name in ('refresh_rollups', 'check_rollups_begin', 'check_rollups_month', 'check_rollups_end');

select console.renew_grants();
