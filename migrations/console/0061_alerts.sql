-- What is wrong with the service's own machinery, said once and taken back: a provider that has gone quiet, events
-- that wait for a person, effects that do not get through, schedules that stand still, a trail that is not whole.
--
-- A condition is worked out from what is on record (alert_conditions). While it lasts it is one alert for its
-- (kind, subject); when it goes, the alert is resolved. One program at a time looks (evaluate_alerts), every few
-- seconds; whoever reads them sees when somebody last did. What is to be delivered is a row for each channel, written
-- with the alert.
--
-- Functions    evaluate_alerts(now, channels, watched) · note_trail(chain, now, seq, problem)
--              claim_alert_deliveries(limit, now, channels) · end_alert_delivery(id, lease, now, error, again_at)
--              silence(now) · acknowledge_alert(id, note)

-- When each provider was heard of, and how long it had been quiet in each hour of the last five weeks: what is usual
-- is learnt from it. Kept from the inbox, event by event once, so that nobody reads weeks of it every minute.
create table console.heard (
  provider text not null primary key,
  first_at timestamptz,
  last_at timestamptz,
  counted_until timestamptz not null,

  constraint heard_provider_check check (provider in ('auth0', 'stripe'))
);

create table console.heard_hours (
  provider text not null references console.heard (provider),
  hour timestamptz not null,
  events bigint not null,
  quiet interval not null,

  constraint heard_hours_pkey primary key (provider, hour)
);

-- What each provider was heard to send by itself, ever: what an endpoint does not subscribe to does not fail to arrive.
create table console.heard_kinds (
  provider text not null references console.heard (provider),
  kind text not null,
  last_at timestamptz not null,

  constraint heard_kinds_pkey primary key (provider, kind)
);

comment on table console.heard_kinds is 'Types of events that came by themselves, and when one did last.';
comment on table console.heard is 'How far the inbox was counted for each provider, and when it was heard of first and last by itself.';
comment on column console.heard.first_at is 'In the five weeks before counting began, or since. Null: it never sent anything.';
comment on table console.heard_hours is 'For each hour since: how many events came, and the longest silence that was reached in it.';

create table console.trail_checks (
  chain text not null primary key,
  checked_at timestamptz not null,
  seq bigint,
  problem text,
  found_at timestamptz,

  constraint trail_checks_chain_check check (chain in ('staff', 'system')),
  constraint trail_checks_found_check check ((problem is null) = (found_at is null))
);

comment on table console.trail_checks is 'When the headless program verified each chain of the trail last, and what was wrong with it.';

create table console.alerts (
  id bigint not null generated always as identity primary key,
  kind text not null,
  subject text not null,
  severity text not null,
  since timestamptz not null,
  facts jsonb not null default '{}',
  opened_at timestamptz not null,
  held_at timestamptz not null,
  resolved_at timestamptz,
  acknowledged_at timestamptz,
  acknowledged_by text,
  audit_id bigint references console.audit (id),

  constraint alerts_kind_check check (kind in (
    'provider_quiet', 'never_arrived', 'events_dead', 'events_conflict', 'effects_dead', 'inbox_backlog',
    'outbox_backlog', 'read_back_failing', 'read_back_behind', 'schedule_stopped', 'trail_broken', 'delivery_failing'
  )),
  constraint alerts_severity_check check (severity in ('bad', 'warn')),
  constraint alerts_subject_check check (length(subject) between 1 and 100),
  constraint alerts_facts_check check (jsonb_typeof(facts) = 'object' and length(facts::text) <= 4000),
  constraint alerts_acknowledged_check check (
    (acknowledged_at is null) = (acknowledged_by is null) and (acknowledged_at is null) = (audit_id is null)
  )
);

-- One for each while it lasts; and the few that were, newest first.
create unique index alerts_open_key on console.alerts (kind, subject) where resolved_at is null;
create index alerts_resolved_idx on console.alerts (resolved_at desc, id desc) where resolved_at is not null;

comment on table console.alerts is 'What is wrong, one row for each time it was: open while resolved_at is null. No data of customers.';
comment on column console.alerts.since is 'Since when it has been so, as far as that is known; not when it was noticed.';
comment on column console.alerts.facts is 'Figures that a sentence is made of: counts, times, the last error.';
comment on column console.alerts.held_at is 'When it was last seen to be so.';

create table console.alert_deliveries (
  id bigint not null generated always as identity primary key,
  alert_id bigint not null references console.alerts (id) on delete cascade,
  tells text not null,
  channel text not null,
  state text not null default 'pending',
  attempts integer not null default 0,
  next_attempt_at timestamptz not null,
  lease uuid,
  leased_until timestamptz,
  last_error text,
  created_at timestamptz not null,
  done_at timestamptz,

  constraint alert_deliveries_key unique (alert_id, channel, tells),
  constraint alert_deliveries_tells_check check (tells in ('opened', 'resolved')),
  constraint alert_deliveries_channel_check check (channel ~ '^(webhook|email:[0-9a-f]{12})$'),
  constraint alert_deliveries_state_check check (state in ('pending', 'done', 'dead')),
  constraint alert_deliveries_attempts_check check (attempts >= 0)
);

create index alert_deliveries_due_idx on console.alert_deliveries (next_attempt_at, id) where state = 'pending';

comment on table console.alert_deliveries is 'What the headless program is to tell outside, once for each channel: that an alert is there, and that it is over.';
comment on column console.alert_deliveries.channel is
  'webhook, or email: and the digest of an address: each recipient is a channel, since one that is refused silences no other.';

create table console.alert_rounds (
  singleton boolean not null primary key default true,
  evaluated_at timestamptz,
  looked_at timestamptz,
  watching_since timestamptz,
  due_at timestamptz not null,

  constraint alert_rounds_singleton_check check (singleton)
);

insert into console.alert_rounds (due_at) values ('-infinity');

comment on table console.alert_rounds is 'When somebody last looked what is wrong; whoever comes before due_at leaves it.';
comment on column console.alert_rounds.evaluated_at is 'By the clock of the program that looked.';
comment on column console.alert_rounds.looked_at is 'The same by the clock of the database: clocks of different machines are not compared.';
comment on column console.alert_rounds.watching_since is 'Since when somebody has looked without a gap of minutes: schedules are given time to begin.';

-- What the programs that look are set up for. A provider whose secret, or a reader whose key, was taken away is missed
-- by nobody, a quarter of an hour later: replicas do not learn of it in the same moment.
create table console.watched (
  name text not null primary key,
  said_at timestamptz not null,

  constraint watched_name_check check (name in ('auth0', 'stripe', 'read_back:auth0_users', 'read_back:stripe_events'))
);

comment on table console.watched is 'Providers that are expected to send, and readers that are expected to read, and when a program last said so.';

alter table console.watched enable row level security;
alter table console.heard enable row level security;
alter table console.heard_hours enable row level security;
alter table console.heard_kinds enable row level security;
alter table console.trail_checks enable row level security;
alter table console.alerts enable row level security;
alter table console.alert_deliveries enable row level security;
alter table console.alert_rounds enable row level security;

-- The few rows that never arrived by themselves.
create index inbox_read_back_idx on console.inbox (received_at) where origin = 'read_back';

-- None of this is compiled for the one time that it runs: that would take a hundred times as long.

-- Counts what came since it was counted last: a day, or some twenty thousand events, at most, so that the first look at
-- a large inbox takes no longer than any other; whether there is more. The last minute is left out: rows of another
-- program may be committed later than they say.
create function console.note_arrivals(p_now timestamptz) returns boolean
language plpgsql
security definer
set search_path = ''
set timezone to 'UTC'
set jit to off
as $function$
declare
  v_heard console.heard;
  v_until timestamptz;
  v_first timestamptz;
  v_last timestamptz;
  v_more boolean := false;
begin
  if not coalesce(pg_catalog.isfinite(p_now), false) then
    perform console.refuse('HD005', 'Say what time it is.', '{"argument": "now"}');
  end if;
  insert into console.heard (provider, counted_until)
  select p.provider, p_now - interval '35 days' from pg_catalog.unnest(array['auth0', 'stripe']) as p (provider)
  on conflict (provider) do nothing;
  for v_heard in select h.* from console.heard as h order by h.provider for update skip locked loop
    v_until := least(
      p_now - interval '1 minute', v_heard.counted_until + interval '1 day',
      (
        select i.received_at from console.inbox as i
        where i.received_at > v_heard.counted_until order by i.received_at offset 20000 limit 1
      )
    );
    continue when v_until <= v_heard.counted_until;
    v_more := v_more or v_until < p_now - interval '1 minute';

    with arrived as materialized (
      select i.received_at as at, i.kind from console.inbox as i
      where
        i.received_at > v_heard.counted_until and i.received_at <= v_until
        and i.provider = v_heard.provider and i.origin = 'sent'
    ),
    -- Silence is looked at where it ends and where an hour does.
    points as (
      select a.at, true as came from arrived as a
      union all
      select least(h.hour + interval '1 hour', v_until), false
      from pg_catalog.generate_series(
        pg_catalog.date_trunc('hour', v_heard.counted_until), v_until, interval '1 hour'
      ) as h (hour)
      where least(h.hour + interval '1 hour', v_until) > v_heard.counted_until
    ),
    silences as (
      select p.at, p.came,
        p.at - coalesce(
          pg_catalog.max(p.at) filter (where p.came) over (order by p.at, p.came desc rows between unbounded preceding and 1 preceding),
          v_heard.last_at
        ) as quiet
      from points as p
    ),
    hours as (
      insert into console.heard_hours as k (provider, hour, events, quiet)
      select
        v_heard.provider, pg_catalog.date_trunc('hour', s.at - interval '1 microsecond'),
        pg_catalog.count(*) filter (where s.came), coalesce(pg_catalog.max(s.quiet), '0')
      from silences as s
      -- What came before the first event is no silence of the provider's.
      where s.quiet is not null or s.came
      group by 2
      on conflict (provider, hour) do update set
        events = k.events + excluded.events, quiet = greatest(k.quiet, excluded.quiet)
    ),
    kinds as (
      insert into console.heard_kinds as k (provider, kind, last_at)
      select v_heard.provider, a.kind, pg_catalog.max(a.at) from arrived as a where a.kind is not null group by 2
      on conflict (provider, kind) do update set last_at = greatest(k.last_at, excluded.last_at)
    )
    select pg_catalog.min(a.at), pg_catalog.max(a.at) into v_first, v_last from arrived as a;

    update console.heard as h set
      first_at = coalesce(h.first_at, v_first), last_at = coalesce(v_last, h.last_at), counted_until = v_until
    where h.provider = v_heard.provider;
  end loop;
  delete from console.heard_hours as h where h.hour < p_now - interval '36 days';
  return v_more;
end
$function$;

comment on function console.note_arrivals(timestamptz) is
  'Internal: counts what arrived since it was counted last, a day and some twenty thousand at most; whether there is more.';

-- How long each provider has been quiet, and how long is usual at this hour: one and a half times the longest silence
-- at the same hour (and those beside it, be they of the day before or after) one, two, three and four weeks ago, two
-- hours at least. What an alert said is not learnt as usual. `state`: never (it sent nothing yet), learning (three weeks,
-- and twenty events on six days, are not there yet), usual, quiet.
create function console.silence(p_now timestamptz) returns table (
  provider text, state text, last_at timestamptz, quiet interval, usual interval, first_at timestamptz
)
language sql
stable
security definer
set search_path = ''
set timezone to 'UTC'
set jit to off
as $function$
  select
    h.provider,
    case
      when h.last_at is null then 'never'
      when alert.since is not null and h.last_at <= alert.since then 'quiet'
      when known.usual is null then 'learning'
      when p_now - h.last_at > known.usual then 'quiet'
      else 'usual'
    end,
    h.last_at, greatest(p_now - h.last_at, '0'), known.usual, h.first_at
  from console.heard as h
  left join console.alerts as alert
    on alert.kind = 'provider_quiet' and alert.subject = h.provider and alert.resolved_at is null
  left join lateral (
    select greatest(1.5 * pg_catalog.max(k.quiet), interval '2 hours') as usual
    from pg_catalog.generate_series(1, 4) as ago (weeks)
    cross join pg_catalog.generate_series(-1, 1) as beside (hours)
    join console.heard_hours as k
      on
        k.provider = h.provider
        and k.hour = pg_catalog.date_trunc('hour', p_now)
        - pg_catalog.make_interval(weeks => ago.weeks) + pg_catalog.make_interval(hours => beside.hours)
    where
      not exists (
        select from console.alerts as then_said
        where
          then_said.kind = 'provider_quiet' and then_said.subject = h.provider
          and k.hour + interval '1 hour' > then_said.since and k.hour < coalesce(then_said.resolved_at, 'infinity')
      )
    having
      pg_catalog.count(distinct ago.weeks) >= 3
      -- A provider that sends something now and then, or did once, has no rhythm that could be missed.
      and (
        select
          pg_catalog.sum(e.events) >= 20
          and pg_catalog.count(distinct pg_catalog.date_trunc('day', e.hour)) filter (where e.events > 0) >= 6
        from console.heard_hours as e where e.provider = h.provider
      )
  ) as known on h.counted_until >= p_now - interval '10 minutes'
  order by h.provider;
$function$;

comment on function console.silence(timestamptz) is
  'How long each provider has sent nothing, and how long is usual at this hour: never, learning, usual or quiet.';

-- Whether a program that looks is set up for it.
create function console.is_watched(p_name text, p_now timestamptz) returns boolean
language sql
stable
set search_path = ''
as $function$
  select exists (
    select from console.watched as w where w.name = p_name and w.said_at >= p_now - interval '15 minutes'
  )
$function$;

comment on function console.is_watched(text, timestamptz) is 'Internal: whether a program that looks is set up for it.';

-- Channels that do not take what they are told.
create function console.channels_failing(p_now timestamptz) returns table (
  channel text, since timestamptz, messages bigint, newest bigint, error text
)
language sql
stable
set search_path = ''
as $function$
  select
    d.channel, pg_catalog.min(d.created_at), pg_catalog.count(*), pg_catalog.max(d.id),
    (pg_catalog.array_agg(d.last_error order by d.id desc) filter (where d.last_error is not null))[1]
  from console.alert_deliveries as d
  -- A channel that was taken away is not tried again, and fails no longer.
  where d.state = 'pending' and d.attempts >= 3 and d.next_attempt_at > p_now - interval '2 hours'
    or d.state = 'dead' and d.created_at > p_now - interval '2 days'
  group by d.channel
$function$;

comment on function console.channels_failing(timestamptz) is 'Internal: channels that do not take what they are told, and why.';

-- Whether an event that was read back is missed: it is of a type that Stripe's endpoint is to be subscribed to
-- (docs/RUNBOOK.md names the same), or of one that came by itself before. Of what else Stripe lists nothing was expected.
create function console.is_missed(p_provider text, p_kind text) returns boolean
language sql
stable
set search_path = ''
as $function$
  select p_provider <> 'stripe' or p_kind = any (array[
    'charge.dispute.closed', 'charge.dispute.created', 'charge.dispute.funds_reinstated', 'charge.dispute.funds_withdrawn',
    'charge.dispute.updated', 'charge.refunded', 'checkout.session.async_payment_failed',
    'checkout.session.async_payment_succeeded', 'checkout.session.completed', 'credit_note.created', 'credit_note.updated',
    'credit_note.voided', 'customer.created', 'customer.deleted', 'customer.subscription.created',
    'customer.subscription.deleted', 'customer.subscription.paused', 'customer.subscription.resumed',
    'customer.subscription.updated', 'customer.updated', 'invoice.created', 'invoice.finalized', 'invoice.marked_uncollectible',
    'invoice.paid', 'invoice.payment_failed', 'invoice.updated', 'invoice.voided', 'invoice_payment.paid',
    'payment_intent.payment_failed', 'payment_intent.succeeded', 'payment_method.attached', 'payment_method.detached',
    'payment_method.updated', 'refund.created', 'refund.failed', 'refund.updated'
  ]) or exists (select from console.heard_kinds as k where k.provider = p_provider and k.kind = p_kind)
$function$;

comment on function console.is_missed(text, text) is 'Internal: whether an event of that type should have come by itself.';

-- Everything that is wrong now. A backlog opens at a quarter of an hour and goes at five minutes, so that it does not
-- come and go; a provider that was found quiet is so until it is heard of; whoever begins to look after a time when
-- nobody did gives the schedules ten minutes to begin; and nothing is missed that no program is set up for any more.
create function console.alert_conditions(p_now timestamptz) returns table (
  kind text, subject text, severity text, since timestamptz, facts jsonb
)
language sql
stable
set search_path = ''
set timezone to 'UTC'
as $function$
  select 'provider_quiet', s.provider, 'bad', s.last_at, pg_catalog.jsonb_build_object(
    'usual_seconds', pg_catalog.floor(extract(epoch from s.usual))::bigint
  )
  from console.silence(p_now) as s where s.state = 'quiet' and console.is_watched(s.provider, p_now)

  union all
  select 'never_arrived', i.provider, 'warn', pg_catalog.min(i.received_at),
    pg_catalog.jsonb_build_object('count', pg_catalog.count(*))
  from console.inbox as i
  where
    i.origin = 'read_back' and i.received_at > p_now - interval '1 day' and console.is_missed(i.provider, i.kind)
  group by i.provider

  union all
  select 'events_' || i.state, i.provider, 'bad', pg_catalog.min(i.received_at),
    pg_catalog.jsonb_build_object('count', pg_catalog.count(*))
  from console.inbox as i where i.state in ('conflict', 'dead')
  group by i.state, i.provider

  union all
  select 'effects_dead', o.system, 'bad', pg_catalog.min(o.created_at),
    pg_catalog.jsonb_build_object('count', pg_catalog.count(*))
  from console.outbox as o where o.state = 'dead'
  group by o.system

  union all
  select q.queue || '_backlog', q.system, 'bad', q.oldest, pg_catalog.jsonb_build_object('count', q.waiting)
  from (
    -- What was replayed waits since then, however old it is.
    select
      'inbox' as queue, i.provider as system, pg_catalog.min(coalesce(i.replayed_at, i.received_at)) as oldest,
      pg_catalog.count(*) as waiting
    from console.inbox as i where i.state = 'pending' group by i.provider
    union all
    select 'outbox', o.system, pg_catalog.min(coalesce(o.replayed_at, o.created_at)), pg_catalog.count(*)
    from console.outbox as o where o.state = 'pending' group by o.system
  ) as q
  where q.oldest < p_now - case when exists (
    select from console.alerts as a
    where a.kind = q.queue || '_backlog' and a.subject = q.system and a.resolved_at is null
  ) then interval '5 minutes' else interval '15 minutes' end

  union all
  select 'read_back_failing', b.source, 'bad', b.failing_since, pg_catalog.jsonb_build_object('error', b.last_error)
  from console.read_backs as b
  where b.failing_since < p_now - interval '30 minutes' and console.is_watched('read_back:' || b.source, p_now)

  union all
  select c.*
  from console.alert_rounds as w
  cross join lateral (
    -- For an hour somebody has been at it, and is hours behind all the same: the first time it has far to go. That
    -- nobody is at it is another thing, and so is that it fails.
    select 'read_back_behind', b.source, 'warn', b.behind_since, '{}'::jsonb
    from console.read_backs as b
    where
      b.behind_since < p_now - interval '1 hour' and b.failing_since is null
      and (b.leased_until >= pg_catalog.clock_timestamp() or b.next_at >= p_now - interval '30 minutes')
      and console.is_watched('read_back:' || b.source, p_now)
    union all
    select 'schedule_stopped', 'read_back:' || b.source, 'bad', b.next_at, '{}'
    from console.read_backs as b
    where
      b.next_at < p_now - interval '30 minutes' and coalesce(b.leased_until, '-infinity') < pg_catalog.clock_timestamp()
      and console.is_watched('read_back:' || b.source, p_now)
    union all
    select 'schedule_stopped', 'rollups', 'bad', r.refreshed_at, '{}'
    from console.rollup_state as r
    where
      r.rollup = 'usage'
      -- A refresh is followed by a rest of twenty times its length.
      and r.refreshed_at < p_now - interval '1 hour' - coalesce(r.refresh_ms, 0) * interval '42 milliseconds'
    union all
    select 'schedule_stopped', 'rollups_check', 'warn', r.checked_at, '{}'
    from console.rollup_state as r
    where r.rollup = 'usage' and r.checked_at < p_now - interval '50 hours'
    union all
    select 'schedule_stopped', 'trail:' || t.chain, 'bad', t.checked_at, '{}'
    from console.trail_checks as t where t.checked_at < p_now - interval '13 hours'
  ) as c (kind, subject, severity, since, facts)
  -- What is open goes on: nobody having looked for a while is no news about it.
  where w.watching_since <= p_now - interval '10 minutes' or exists (
    select from console.alerts as a where a.kind = c.kind and a.subject = c.subject and a.resolved_at is null
  )

  union all
  select 'trail_broken', t.chain, 'bad', t.found_at, pg_catalog.jsonb_build_object('seq', t.seq, 'problem', t.problem)
  from console.trail_checks as t where t.problem is not null

  union all
  select 'delivery_failing', pg_catalog.split_part(f.channel, ':', 1), 'warn', pg_catalog.min(f.since), pg_catalog.jsonb_build_object(
    'count', pg_catalog.sum(f.messages), 'error', coalesce((pg_catalog.array_agg(f.error order by f.newest desc))[1], '')
  )
  from console.channels_failing(p_now) as f
  group by 2;
$function$;

comment on function console.alert_conditions(timestamptz) is 'Internal: everything that is wrong, worked out from what is on record.';

-- Looks what is wrong: opens, goes on with and resolves alerts, and writes down what each channel is to be told. One
-- program at a time, and every five seconds at most; null: it was not due, or another is at it. What the program is set
-- up for is noted each minute, whoever is at it.
create function console.evaluate_alerts(p_now timestamptz, p_channels text[], p_watched text[]) returns jsonb
language plpgsql
security definer
set search_path = ''
set timezone to 'UTC'
set jit to off
as $function$
declare
  v_channels text[] := coalesce(p_channels, '{}');
  v_opened bigint;
  v_resolved bigint;
begin
  if not coalesce(pg_catalog.isfinite(p_now), false) or exists (
    select from pg_catalog.unnest(v_channels) as c (channel)
    where c.channel is null or c.channel !~ '^(webhook|email:[0-9a-f]{12})$'
  ) then
    perform console.refuse(
      'HD005', 'Say what time it is, and name channels: webhook, email: and a digest.', '{"argument": "channels"}'
    );
  end if;
  if not coalesce(p_watched, '{}') <@ array['auth0', 'stripe', 'read_back:auth0_users', 'read_back:stripe_events'] then
    perform console.refuse('HD005', 'Name what is watched as it is called here.', '{"argument": "watched"}');
  end if;
  insert into console.watched as w (name, said_at)
  select distinct n.name, p_now from pg_catalog.unnest(p_watched) as n (name) order by 1
  on conflict (name) do update set said_at = excluded.said_at
  where w.said_at < excluded.said_at - interval '1 minute';
  perform from console.alert_rounds as r where r.due_at <= p_now for update skip locked;
  if not found then
    return null;
  end if;
  perform console.note_arrivals(p_now);
  update console.alert_rounds as r set
    watching_since = case when r.evaluated_at >= p_now - interval '5 minutes' then r.watching_since else p_now end,
    evaluated_at = p_now, looked_at = pg_catalog.clock_timestamp(), due_at = p_now + interval '5 seconds';

  with found as materialized (
    select c.* from console.alert_conditions(p_now) as c
  ),
  held as (
    insert into console.alerts as a (kind, subject, severity, since, facts, opened_at, held_at)
    select f.kind, f.subject, f.severity, least(f.since, p_now), f.facts, p_now, p_now
    from found as f
    order by f.kind, f.subject
    on conflict (kind, subject) where resolved_at is null do update set
      severity = excluded.severity, since = least(a.since, excluded.since), facts = excluded.facts, held_at = p_now
    returning a.id, a.kind, a.subject, a.opened_at
  ),
  resolved as (
    update console.alerts as a set resolved_at = p_now
    where
      a.resolved_at is null
      and not exists (select from found as f where f.kind = a.kind and f.subject = a.subject)
    returning a.id
  ),
  told as (
    insert into console.alert_deliveries (alert_id, tells, channel, next_attempt_at, created_at)
    select h.id, 'opened', c.channel, p_now, p_now
    from held as h
    cross join pg_catalog.unnest(v_channels) as c (channel)
    -- That a channel does not work is told on the others.
    where not (h.kind = 'delivery_failing' and exists (
      select from console.channels_failing(p_now) as f where f.channel = c.channel
    ))
    on conflict (alert_id, channel, tells) do nothing
  ),
  taken_back as (
    insert into console.alert_deliveries (alert_id, tells, channel, next_attempt_at, created_at)
    select r.id, 'resolved', d.channel, p_now, p_now
    from resolved as r
    join console.alert_deliveries as d on d.alert_id = r.id and d.tells = 'opened'
    on conflict (alert_id, channel, tells) do nothing
  )
  select
    (select pg_catalog.count(*) from held as h where h.opened_at = p_now), (select pg_catalog.count(*) from resolved)
  into v_opened, v_resolved;

  delete from console.alerts as a where a.resolved_at < p_now - interval '180 days';
  return pg_catalog.jsonb_build_object('opened', v_opened, 'resolved', v_resolved);
end
$function$;

comment on function console.evaluate_alerts(timestamptz, text[], text[]) is
  'Looks what is wrong, and opens and resolves alerts: {"opened", "resolved"}; null: not due, or another program is at it. The channels are told.';

-- What a verification of the trail found; no problem: it is whole. Remembered until it is.
create function console.note_trail(p_chain text, p_now timestamptz, p_seq bigint, p_problem text) returns void
language plpgsql
security definer
set search_path = ''
as $function$
begin
  perform console.choice_argument(pg_catalog.jsonb_build_object('chain', p_chain), 'chain', array['staff', 'system']);
  if not coalesce(pg_catalog.isfinite(p_now), false) then
    perform console.refuse('HD005', 'Say what time it is.', '{"argument": "now"}');
  end if;
  insert into console.trail_checks as t (chain, checked_at, seq, problem, found_at)
  values (p_chain, p_now, p_seq, pg_catalog.left(p_problem, 500), case when p_problem is not null then p_now end)
  on conflict (chain) do update set
    checked_at = greatest(t.checked_at, excluded.checked_at),
    -- Whoever verifies without a memory of the trail calls one whole whose end was cut off: it is a person who ends
    -- this alarm, by seeing to it.
    (seq, problem, found_at) = (
      select
        case when k.keeps then t.seq else excluded.seq end, case when k.keeps then t.problem else excluded.problem end,
        case when k.keeps then t.found_at when excluded.problem is not null then coalesce(t.found_at, p_now) end
      from (select excluded.problem is null and t.problem is not null and not exists (
        select from console.alerts as a
        where a.kind = 'trail_broken' and a.subject = t.chain and a.resolved_at is null and a.acknowledged_at is not null
      ) as keeps) as k
    );
end
$function$;

comment on function console.note_trail(text, timestamptz, bigint, text) is 'What verifying a chain of the trail found; no problem: it is whole.';

-- What is to be told now, each leased for two minutes by the clock of the database: whoever dies in between has it told again, which is the one way
-- in which a channel may hear of something twice. That it is over is told after that it was there.
create function console.claim_alert_deliveries(p_limit integer, p_now timestamptz, p_channels text[]) returns table (
  id bigint, lease uuid, channel text, tells text, attempts integer, alert_id bigint, kind text, subject text, severity text,
  since timestamptz, facts jsonb, opened_at timestamptz, resolved_at timestamptz
)
language plpgsql
security definer
set search_path = ''
as $function$
begin
  if p_limit is null or p_limit not between 1 and 100 or not coalesce(pg_catalog.isfinite(p_now), false) then
    perform console.refuse('HD005', 'Claim from 1 to 100 messages, at a time.', '{"argument": "limit"}');
  end if;
  return query
  with due as (
    select d.id
    from console.alert_deliveries as d
    where
      d.state = 'pending' and d.next_attempt_at <= p_now and d.channel = any (p_channels)
      and (d.leased_until is null or d.leased_until <= pg_catalog.clock_timestamp())
      and (d.tells = 'opened' or not exists (
        select from console.alert_deliveries as o
        where o.alert_id = d.alert_id and o.channel = d.channel and o.tells = 'opened' and o.state = 'pending'
      ))
    order by d.next_attempt_at, d.id
    limit p_limit
    for update of d skip locked
  ),
  leased as (
    update console.alert_deliveries as d set
      lease = pg_catalog.gen_random_uuid(), leased_until = pg_catalog.clock_timestamp() + interval '2 minutes', attempts = d.attempts + 1
    from due where d.id = due.id
    returning d.*
  )
  select
    d.id, d.lease, d.channel, d.tells, d.attempts, a.id, a.kind, a.subject, a.severity, a.since, a.facts, a.opened_at,
    a.resolved_at
  from leased as d
  join console.alerts as a on a.id = d.alert_id
  order by d.id;
end
$function$;

-- How telling ended: told (no error), to be tried again then, or given up (no time). Whether it was still the caller's.
create function console.end_alert_delivery(
  p_id bigint, p_lease uuid, p_now timestamptz, p_error text, p_again_at timestamptz
) returns boolean
language plpgsql
security definer
set search_path = ''
as $function$
begin
  if not coalesce(pg_catalog.isfinite(p_now), false) or not pg_catalog.isfinite(coalesce(p_again_at, p_now)) then
    perform console.refuse('HD005', 'Say what time it is, and when to try again.', '{"argument": "now"}');
  end if;
  update console.alert_deliveries as d set
    state = case when p_error is null then 'done' when p_again_at is null then 'dead' else 'pending' end,
    done_at = case when p_error is null then p_now end,
    last_error = coalesce(pg_catalog.left(p_error, 500), case when p_error is not null then '' end),
    next_attempt_at = coalesce(p_again_at, d.next_attempt_at), lease = null, leased_until = null
  where d.id = p_id and d.lease = p_lease and d.state = 'pending';
  return found;
end
$function$;

comment on function console.claim_alert_deliveries(integer, timestamptz, text[]) is
  'Messages about alerts that are due on these channels, each leased for two minutes.';
comment on function console.end_alert_delivery(bigint, uuid, timestamptz, text, timestamptz) is
  'Ends a leased message: told, tried again, or given up (an error and no time); false: another program has it.';

-- Somebody has seen it and sees to it. Changes nothing of the service's and takes nothing from anybody, so it wants no
-- elevation; it is on record all the same.
create function console.acknowledge_alert(p_id bigint, p_note text) returns void
language plpgsql
security definer
set search_path = ''
as $function$
declare
  v_staff console.staff := console.caller();
  v_alert console.alerts;
  v_note text := console.text_argument(pg_catalog.jsonb_build_object('note', p_note), 'note', 3, 500, false);
begin
  select a.* into v_alert from console.alerts as a where a.id = p_id for update;
  if not found then
    perform console.refuse('HD006', 'There is no such alert.', pg_catalog.jsonb_build_object('alert_id', p_id));
  end if;
  if v_alert.resolved_at is not null then
    perform console.refuse('HD007', 'It is over already.', pg_catalog.jsonb_build_object('alert_id', p_id));
  end if;
  if v_alert.acknowledged_at is not null then
    perform console.refuse(
      'HD007', 'Somebody has acknowledged it already.',
      pg_catalog.jsonb_build_object('alert_id', p_id, 'by', v_alert.acknowledged_by)
    );
  end if;
  update console.alerts as a set
    acknowledged_at = pg_catalog.clock_timestamp(), acknowledged_by = v_staff.login,
    audit_id = console.audit_write(
      'staff', 'acknowledge_alert', 'alert', v_alert.kind || ':' || v_alert.subject,
      pg_catalog.jsonb_build_object('reason', v_note, 'alert_id', v_alert.id, 'staff', v_staff.name)
    )
  where a.id = p_id;
end
$function$;

comment on function console.acknowledge_alert(bigint, text) is 'Says that somebody sees to an open alert, with a note or without; staff.';

insert into console.functions (name, groups) values
('evaluate_alerts', '{receiver}'),
('note_trail', '{receiver}'),
('claim_alert_deliveries', '{receiver}'),
('end_alert_delivery', '{receiver}'),
('silence', '{support,finance,admin,auditor,receiver}'),
('acknowledge_alert', '{support,finance,admin}');

insert into console.readable (relation, groups) values
('alerts', '{support,finance,admin,auditor,receiver}'),
('alert_deliveries', '{support,finance,admin,auditor,receiver}'),
('alert_rounds', '{support,finance,admin,auditor,receiver}');

select console.renew_grants();
