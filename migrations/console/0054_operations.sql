-- What the program that serves tells its operators: how much waits, since when, and how far its schedules are.

create function console.queue_figures(p_now timestamptz) returns table (
  queue text, system text, state text, rows bigint, oldest_seconds bigint
)
language plpgsql
stable
security definer
set search_path = ''
as $function$
begin
  return query
  select 'inbox', i.provider, i.state, pg_catalog.count(*), greatest(extract(epoch from p_now - min(coalesce(i.replayed_at, i.received_at)))::bigint, 0)
  from console.inbox as i where i.state = 'pending' group by i.provider, i.state
  union all
  select 'inbox', i.provider, i.state, pg_catalog.count(*), greatest(extract(epoch from p_now - min(i.received_at))::bigint, 0)
  from console.inbox as i where i.state in ('conflict', 'dead') group by i.provider, i.state
  union all
  select 'outbox', o.system, o.state, pg_catalog.count(*), greatest(extract(epoch from p_now - min(coalesce(o.replayed_at, o.created_at)))::bigint, 0)
  from console.outbox as o where o.state in ('pending', 'dead') group by o.system, o.state
  union all
  select 'schedule', r.rollup, 'refreshed', 0::bigint, greatest(extract(epoch from p_now - r.refreshed_at)::bigint, 0)
  from console.rollup_state as r where r.refreshed_at is not null
  union all
  -- How far behind each reading back is, and how many it ever filled in.
  select 'read_back', b.source, 'filled_in', b.filled_in, greatest(extract(epoch from p_now - b.covered_until)::bigint, 0)
  from console.read_backs as b where b.covered_until is not null
  union all
  -- What is in doubt about Stripe's objects: one that stays open is money nobody is sure of.
  select 'doubts', 'stripe', d.why, pg_catalog.count(*), greatest(extract(epoch from p_now - min(d.since))::bigint, 0)
  from console.stripe_doubts as d group by d.why;
end
$function$;

comment on function console.queue_figures(timestamptz) is
  'How much waits in each queue and since when; for schedules, how long ago they last ran.';

insert into console.functions (name, groups) values ('queue_figures', '{receiver,support,finance,admin,auditor}');

select console.renew_grants();
