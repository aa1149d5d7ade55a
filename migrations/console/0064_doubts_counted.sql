-- What is in doubt about Stripe's objects is counted among what waits: one that stays open is money nobody is sure of.
create or replace function console.queue_figures(p_now timestamptz) returns table (
  queue text, system text, state text, rows bigint, oldest_seconds bigint
)
language sql
stable
security definer
set search_path = ''
as $function$
  select 'inbox', i.provider, i.state, pg_catalog.count(*), greatest(extract(epoch from p_now - min(i.received_at))::bigint, 0)
  from console.inbox as i where i.state = 'pending' group by i.provider, i.state
  union all
  select 'inbox', i.provider, i.state, pg_catalog.count(*), greatest(extract(epoch from p_now - min(i.received_at))::bigint, 0)
  from console.inbox as i where i.state in ('conflict', 'dead') group by i.provider, i.state
  union all
  select 'outbox', o.system, o.state, pg_catalog.count(*), greatest(extract(epoch from p_now - min(o.created_at))::bigint, 0)
  from console.outbox as o where o.state in ('pending', 'dead') group by o.system, o.state
  union all
  select 'schedule', r.rollup, 'refreshed', 0, greatest(extract(epoch from p_now - r.refreshed_at)::bigint, 0)
  from console.rollup_state as r where r.refreshed_at is not null
  union all
  select 'read_back', b.source, 'filled_in', b.filled_in, greatest(extract(epoch from p_now - b.covered_until)::bigint, 0)
  from console.read_backs as b where b.covered_until is not null
  union all
  select 'doubts', 'stripe', d.why, pg_catalog.count(*), greatest(extract(epoch from p_now - min(d.since))::bigint, 0)
  from console.stripe_doubts as d group by d.why;
$function$;

select console.renew_grants();
