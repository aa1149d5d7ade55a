-- Alerts that are open, the gravest and newest first, and those that were over within a week, newest first.
--
-- $1 now
select
  a.id, a.kind, a.subject, a.severity, a.since, a.facts, a.opened_at, a.resolved_at, a.acknowledged_at,
  coalesce(e.staff, a.acknowledged_by) as acknowledged_by, e.reason as note,
  (
    -- Recipients of one channel are told apart where they fare differently.
    select jsonb_agg(jsonb_build_object(
      'channel', t.channel, 'tells', t.tells, 'partly', t.some and t.done_at is null, 'done_at', t.done_at, 'error', t.error,
      'state', case when t.done_at is not null then 'done' when t.dead then 'dead' else 'pending' end
    ) order by t.first_id)
    from (
      select
        split_part(d.channel, ':', 1) as channel, d.tells, min(d.id) as first_id, bool_or(d.state = 'done') as some,
        bool_and(d.state <> 'pending') as dead, case when bool_and(d.state = 'done') then max(d.done_at) end as done_at,
        (array_agg(d.last_error order by d.state = 'done', d.id) filter (where d.last_error is not null))[1] as error
      from console.alert_deliveries d where d.alert_id = a.id
      group by 1, 2
    ) t
  ) as told
from (
  select o.* from console.alerts o where o.resolved_at is null
  union all
  (
    select r.* from console.alerts r
    where r.resolved_at > $1::timestamptz - interval '7 days'
    order by r.resolved_at desc, r.id desc
    limit 50
  )
) a
left join console.audit_entries e on e.id = a.audit_id
order by a.resolved_at desc nulls first, a.severity, a.opened_at desc, a.id desc
