-- What never arrived is noticed and fetched. Auth0 sends a registration once and never again, so its users are
-- read back on a schedule: by one program at a time, from where the last one had come to. Stripe tries for three days,
-- and then its events are gone from whoever was away: they are read back, too.

create table console.read_backs (
  source text not null primary key,
  cursor jsonb not null default '{}',
  covered_until timestamptz,
  filled_in bigint not null default 0,
  next_at timestamptz not null,
  ran_at timestamptz,
  last_error text,
  failing_since timestamptz,
  behind_since timestamptz,
  lease uuid,
  leased_until timestamptz,

  constraint read_backs_source_check check (source in ('auth0_users', 'stripe_events')),
  constraint read_backs_cursor_check check (jsonb_typeof(cursor) = 'object'),
  constraint read_backs_filled_in_check check (filled_in >= 0)
);

comment on table console.read_backs is 'How far each provider has been read back: what was made there until then is here, too.';
comment on column console.read_backs.cursor is 'From where it goes on; only the program that reads knows its shape.';
comment on column console.read_backs.covered_until is 'Whatever the provider made before has been compared. Null: nothing yet.';
comment on column console.read_backs.failing_since is 'When it failed first after it had gone well; null: it went well last.';
comment on column console.read_backs.behind_since is
  'Since when somebody has read and not yet come to within two hours of now; null: it keeps up, or it fails.';
comment on column console.read_backs.filled_in is 'How many events had never arrived, and were fetched.';

alter table console.read_backs enable row level security;

-- The turn to read back, for two minutes by the clock of the database; no row: it is not due, or another program is at it.
create function console.begin_read_back(p_source text, p_now timestamptz) returns table (lease uuid, cursor jsonb)
language plpgsql
security definer
set search_path = ''
as $function$
begin
  perform console.choice_argument(
    pg_catalog.jsonb_build_object('source', p_source), 'source', array['auth0_users', 'stripe_events']
  );
  if not coalesce(pg_catalog.isfinite(p_now), false) then
    perform console.refuse('HD005', 'Say what time it is.', '{"argument": "now"}');
  end if;
  insert into console.read_backs (source, next_at) values (p_source, p_now) on conflict (source) do nothing;
  return query
  update console.read_backs as r set
    lease = pg_catalog.gen_random_uuid(), leased_until = pg_catalog.clock_timestamp() + interval '2 minutes',
    behind_since = case
      when coalesce(r.covered_until, '-infinity') < p_now - interval '2 hours' then coalesce(r.behind_since, p_now)
    end
  where
    r.source = p_source and r.next_at <= p_now and (r.leased_until is null or r.leased_until <= pg_catalog.clock_timestamp())
  returning r.lease, r.cursor;
end
$function$;

-- How far it came. Without a time it goes on, and has two more minutes; with one it ends until then. Whether the
-- turn was still the caller's: else somebody else has gone on, and what the caller read comes to the same.
create function console.note_read_back(
  p_source text, p_lease uuid, p_now timestamptz, p_cursor jsonb, p_covered_until timestamptz, p_filled_in bigint,
  p_error text, p_next_at timestamptz
) returns boolean
language plpgsql
security definer
set search_path = ''
as $function$
begin
  if not coalesce(pg_catalog.isfinite(p_now), false) or not pg_catalog.isfinite(coalesce(p_next_at, p_now))
    or not pg_catalog.isfinite(coalesce(p_covered_until, p_now)) or coalesce(p_filled_in, 0) < 0
    or pg_catalog.jsonb_typeof(coalesce(p_cursor, '{}')) <> 'object' or pg_catalog.length(p_cursor::text) > 10000
  then
    perform console.refuse('HD005', 'Say how far it came, and when to go on.', '{"argument": "cursor"}');
  end if;
  update console.read_backs as r set
    cursor = coalesce(p_cursor, r.cursor), covered_until = greatest(r.covered_until, p_covered_until),
    filled_in = r.filled_in + coalesce(p_filled_in, 0), last_error = pg_catalog.left(p_error, 1000), ran_at = p_now,
    failing_since = case when p_error is not null then coalesce(r.failing_since, p_now) end,
    behind_since = case
      when p_error is null and coalesce(greatest(r.covered_until, p_covered_until), '-infinity') < p_now - interval '2 hours'
      then coalesce(r.behind_since, p_now)
    end,
    next_at = coalesce(p_next_at, r.next_at),
    lease = case when p_next_at is null then r.lease end,
    leased_until = case when p_next_at is null then pg_catalog.clock_timestamp() + interval '2 minutes' end
  where r.source = p_source and r.lease = p_lease;
  return found;
end
$function$;

-- What was made before the first event of its mode arrived is not fetched: another program may have seen to it.
create function console.first_event(p_provider text, p_live boolean) returns timestamptz
language sql
stable
security definer
set search_path = ''
as $function$
  select i.received_at from console.inbox as i
  where i.provider = p_provider and i.origin = 'sent' and i.livemode = p_live
  order by i.received_at limit 1;
$function$;

-- What Stripe sent here, as it signed it: whose account a key is of shows by whether Stripe has one of these by it. What was read
-- back shows nothing, since the key read it.
create function console.sent_by_stripe(p_live boolean, p_since timestamptz) returns table (body bytea)
language sql
stable
security definer
set search_path = ''
as $function$
  select i.body from console.inbox as i
  where i.provider = 'stripe' and i.origin = 'sent' and i.livemode = p_live and i.received_at >= p_since
  order by i.received_at desc, i.id desc limit 10;
$function$;

comment on function console.sent_by_stripe(boolean, timestamptz) is
  'Bodies of the ten newest events of a mode that Stripe sent since then, newest first.';
comment on function console.first_event(text, boolean) is
  'When the first event of a provider, of that mode, arrived by itself; null: none ever did.';
comment on function console.begin_read_back(text, timestamptz) is
  'The turn to read a provider back, for two minutes, and where to go on; no row: not due, or another program is at it.';
comment on function console.note_read_back(text, uuid, timestamptz, jsonb, timestamptz, bigint, text, timestamptz) is
  'How far reading back came; false: the turn has gone to another program.';

insert into console.functions (name, groups) values
('begin_read_back', '{receiver}'),
('first_event', '{receiver}'),
('note_read_back', '{receiver}'),
('sent_by_stripe', '{receiver}');

insert into console.readable (relation, groups) values ('read_backs', '{support,finance,admin,auditor,receiver,collector}');

select console.renew_grants();
