-- What Stripe's news is told with, for tests of what follows from it: facts as the receiver makes them, applied one by one, or through
-- the inbox as the worker does.
create function pg_temp.apply(id text, at int, facts jsonb, kind text default 'x', livemode boolean default true, asks boolean default false)
returns jsonb language plpgsql as $$
declare
  answer jsonb := tap.told('tap_receiver', format('select console.apply_stripe(%L, %L, true)', jsonb_build_object(
    'id', id, 'kind', kind, 'created', timestamptz '2026-01-01 00:00:00+00' + at * interval '1 second', 'livemode', livemode, 'asks', asks
  ), facts));
begin
  if answer ->> 'result' is null then
    raise 'not applied: %', answer;
  end if;
  return answer;
end
$$;
create function pg_temp.fact(name text, id text, more jsonb, rank int default 0) returns jsonb language sql as $$
  select jsonb_build_array(jsonb_build_object('table', name, 'rank', rank, 'row', '{"currency": "USD", "lines_complete": true}' || more || jsonb_build_object('id', id)))
$$;
create function pg_temp.arrives(id text, at int, facts jsonb) returns text language plpgsql as $$
declare
  answer jsonb;
begin
  insert into console.inbox (provider, event_id, received_at, next_attempt_at, body, livemode) values ('stripe', id, now(), now(), '', true)
  on conflict (provider, event_id) do update set state = 'pending', done_at = null;
  answer := pg_temp.apply(id, at, facts);
  update console.inbox as i set
    state = answer ->> 'result', outcome = answer -> 'outcome', done_at = case when answer ->> 'result' = 'done' then now() end
  where i.event_id = arrives.id and i.state = 'pending';
  return concat_ws(' ', answer ->> 'result', answer #>> '{outcome,conflict}', (select string_agg(concat_ws(' ', t ->> 'not_counted', t ->> 'currency', t ->> 'back'), ',')
    from jsonb_array_elements(answer #> '{outcome,purchases}') as t where t ? 'not_counted'));
end
$$;
create function pg_temp.told(event text) returns text language sql as $$
  select concat_ws(' ', state, outcome ->> 'conflict') from console.inbox where event_id = event
$$;
create function pg_temp.dismisses(event text) returns text language sql as $$
  select tap.told('tap_finance', format('select console.dismiss_traffic(''in'', %s, ''Adjusted by hand'')', (select id from console.inbox where event_id = event)))
$$;
