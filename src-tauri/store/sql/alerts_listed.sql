-- Alerts that are open, the gravest and newest first, and those that were over within a week, newest first.
--
-- $1 now
select
  a.id, a.kind, a.subject, a.severity, a.since, a.facts, a.opened_at, a.resolved_at, a.acknowledged_at,
  coalesce(e.staff, a.acknowledged_by) as acknowledged_by, e.reason as note,
  (
    select jsonb_agg(jsonb_build_object(
      'channel', d.channel, 'tells', d.tells, 'state', d.state, 'done_at', d.done_at, 'error', d.last_error
    ) order by d.id)
    from console.alert_deliveries d where d.alert_id = a.id
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
