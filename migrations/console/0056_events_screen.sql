-- What came in and what goes out, in one list: events of the inbox and effects of the outbox. What they say is read one
-- by one; applying again and giving up are functions, on record.

-- Lists of what goes out, newest first, beside inbox_received_idx.
create index outbox_created_idx on console.outbox (created_at desc, id desc);

create view console.traffic as
select
  'in' as way, i.id, i.received_at as at, i.provider as system, i.kind, i.subject, null::text as cluster_id, i.event_id as reference,
  i.livemode, i.origin, i.state, i.attempts, i.next_attempt_at, i.last_error, i.outcome, i.done_at, null::bigint as audit_id
from console.inbox as i
union all
select
  'out', o.id, o.created_at, o.system, o.kind, o.subject, o.cluster_id, o.idempotency_key, null::boolean, null::text, o.state,
  o.attempts, o.next_attempt_at, o.last_error, o.outcome, o.done_at, o.audit_id
from console.outbox as o;

comment on view console.traffic is 'Events that came (way in) and effects that go out (way out), without what they say.';

insert into console.readable (relation, groups) values ('traffic', '{support,finance,admin,auditor,receiver}');

create function console.effect_payload(p_id bigint) returns jsonb
language plpgsql
stable
security definer
set search_path = ''
as $function$
begin
  return (select pg_catalog.jsonb_build_object('id', o.id, 'body', console.masked(o.payload)) from console.outbox as o where o.id = p_id);
end
$function$;

comment on function console.effect_payload(bigint) is 'What an effect is told to do, secrets masked: {"id", "body"}.';

-- Events and effects once more: some by their ids, or all of a time. Events through replay_events(), which says what that
-- means; of effects those that were given up. A dry run says how many, and which are left out and why.
create function console.replay(
  p_events bigint[], p_effects bigint[], p_from timestamptz, p_until timestamptz, p_states text[], p_system text, p_reason text,
  p_dry_run boolean
) returns jsonb
language plpgsql
security definer
set search_path = ''
set timezone to 'UTC'
as $function$
declare
  v_dry boolean := coalesce(p_dry_run, true);
  v_owner boolean := session_user = current_user;
  v_by_time boolean := p_events is null and p_effects is null;
  v_answer jsonb := '{"count": 0}';
  v_row console.outbox;
  v_why text;
  v_effects bigint := 0;
  v_left jsonb := '[]';
begin
  if not v_owner then
    if v_dry then
      perform console.caller();
    else
      perform console.caller_elevated();
    end if;
  end if;
  if not v_dry then
    perform console.text_argument(pg_catalog.jsonb_build_object('reason', p_reason), 'reason', 3, 500);
  end if;
  if coalesce(pg_catalog.cardinality(p_events), 0) + coalesce(pg_catalog.cardinality(p_effects), 0) > 10000 then
    perform console.refuse('HD009', 'More than 10,000 events at once: choose fewer.', '{"most": 10000}');
  end if;
  if v_by_time and (p_from is null or p_until is null) then
    perform console.refuse('HD005', 'Name events by their ids, or a time from and until.', '{"argument": "ids"}');
  end if;

  if v_by_time or pg_catalog.cardinality(p_events) > 0 then
    v_answer := console.replay_events(
      p_events, case when v_by_time then p_from end, case when v_by_time then p_until end, p_states, p_system, p_reason, v_dry
    );
    select v_left || coalesce(pg_catalog.jsonb_agg(pg_catalog.jsonb_build_object(
      'way', 'in', 'id', i.id, 'why', 'It waits for its turn already.'
    ) order by i.id), '[]') into v_left
    from console.inbox as i
    where i.id = any (p_events) and i.state = 'pending' and not (v_answer -> 'ids') @> pg_catalog.to_jsonb(i.id);
  end if;

  -- In the order of ids, as they were decided.
  for v_row in
    select o.* from console.outbox as o
    where
      case when v_by_time
        then o.state = 'dead' and o.created_at >= p_from and o.created_at < p_until
          and (p_system is null or o.system = p_system) and 'dead' = any (coalesce(p_states, '{dead}'))
        else o.id = any (p_effects)
      end
    order by o.id
    limit 10001
    for update
  loop
    v_why := console.requeue_hindrance(v_row);
    if v_why is not null then
      v_left := v_left || pg_catalog.jsonb_build_object('way', 'out', 'id', v_row.id, 'why', v_why);
      continue;
    end if;
    v_effects := v_effects + 1;
    if v_effects > 10000 then
      perform console.refuse('HD009', 'More than 10,000 effects at once: choose a shorter time.', '{"most": 10000}');
    end if;
    if not v_dry then
      update console.outbox as o set
        state = 'pending', attempts = 0, next_attempt_at = pg_catalog.clock_timestamp(), lease = null, leased_until = null,
        replayed_at = pg_catalog.clock_timestamp()
      where o.id = v_row.id;
      perform console.audit_write(
        'staff', 'requeue_outbox', 'effect', v_row.subject,
        pg_catalog.jsonb_build_object('reason', p_reason, 'outbox_id', v_row.id, 'login', session_user)
      );
    end if;
  end loop;
  return pg_catalog.jsonb_build_object(
    'dry_run', v_dry, 'events', v_answer -> 'count', 'effects', v_effects, 'left_out', v_left
  );
end
$function$;

comment on function console.replay(bigint[], bigint[], timestamptz, timestamptz, text[], text, text, boolean) is
  'Applies events again and tries effects again, by ids or by time: {"dry_run", "events", "effects", "left_out": [{"way", "id", "why"}]}; staff elevated, or the owner.';

-- A person has looked at what could not be applied, and nothing more is to come of it.
create function console.dismiss_traffic(p_way text, p_id bigint, p_reason text) returns void
language plpgsql
security definer
set search_path = ''
as $function$
declare
  v_subject text;
  v_state text;
begin
  perform console.caller_elevated();
  perform console.choice_argument(pg_catalog.jsonb_build_object('way', p_way), 'way', array['in', 'out']);
  perform console.text_argument(pg_catalog.jsonb_build_object('reason', p_reason), 'reason', 3, 500);
  if p_way = 'in' then
    -- As whoever applies an event does: the customer before any row.
    perform console.stripe_hold_customer(
      (select i.outcome ->> 'customer' from console.inbox as i where i.id = p_id and i.provider = 'stripe'), true
    );
    perform console.stripe_hold_purchases(p_id);
    select i.subject, i.state into v_subject, v_state from console.inbox as i where i.id = p_id for update;
  else
    select o.subject, o.state into v_subject, v_state from console.outbox as o where o.id = p_id for update;
  end if;
  if not found then
    perform console.refuse('HD006', 'There is no such event.', pg_catalog.jsonb_build_object('way', p_way, 'id', p_id));
  end if;
  if v_state not in ('conflict', 'dead') then
    perform console.refuse(
      'HD007', 'Only what waits for a person is put aside.', pg_catalog.jsonb_build_object('way', p_way, 'id', p_id, 'state', v_state)
    );
  end if;
  if p_way = 'in' then
    perform console.stripe_seen_to(p_id);
    update console.inbox as i set
      state = 'done', done_at = pg_catalog.clock_timestamp(), outcome = coalesce(i.outcome, '{}') || '{"dismissed": true}'
    where i.id = p_id;
  else
    update console.outbox as o set state = 'cancelled', outcome = coalesce(o.outcome, '{}') || '{"dismissed": true}'
    where o.id = p_id;
  end if;
  perform console.audit_write(
    'staff', 'dismiss_event', case p_way when 'in' then 'event' else 'effect' end, v_subject, pg_catalog.jsonb_build_object(
      'reason', p_reason, 'way', p_way, 'id', p_id, 'state', v_state
    )
  );
end
$function$;

comment on function console.dismiss_traffic(text, bigint, text) is
  'Puts an event or effect aside that waits for a person (conflict, dead); elevated.';

insert into console.functions (name, groups) values
('effect_payload', '{support,admin}'),
('replay', '{support,finance,admin}'),
('dismiss_traffic', '{support,finance,admin}');

select console.renew_grants();
