-- What the program that serves tells its operators: how much waits, since when, and how far its schedules are.

create function console.queue_figures(p_now timestamptz) returns table (
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
  from console.rollup_state as r where r.refreshed_at is not null;
$function$;

comment on function console.queue_figures(timestamptz) is
  'How much waits in each queue and since when; for schedules, how long ago they last ran.';

insert into console.functions (name, groups) values ('queue_figures', '{receiver,support,finance,admin,auditor}');

select console.renew_grants();
