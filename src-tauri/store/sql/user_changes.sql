-- What happened to one user, newest first: everything that is recorded with a time.
--
-- $1 user id · after: $2 time · $3 key · $4 limit · $5 now · $6 kinds, null: all
--
-- Of the ledger what is not usage: usage has its chart. Feature groups have a list of their own and would
-- drown the rest. Nor what has a time that no calendar has.
with person as (
  -- By name: not every group may read every column.
  select u.id, u.email, u.account_owner_id, u.created_at, u.registration_source, u.terms_accepted_at,
         u.last_login_at, u.deleted_at, u.deletion_reason
  from console.users u where u.id = $1
),
changes as (
  select v.at, v.kind, v.kind as key, null::text as subject, null::text as subject_id, v.detail,
         null::numeric as amount, null::text as currency, null::text as by
  from person u
  cross join lateral (values
    (u.created_at, 'registered', u.registration_source),
    (u.terms_accepted_at, 'terms_accepted', null),
    (u.last_login_at, 'last_login', null),
    (u.deleted_at, 'deleted', u.deletion_reason)
  ) v (at, kind, detail)
  union all
  select t.accepted_at, 'joined', concat('joined ', coalesce(t.id, t.email)),
         coalesce(nullif(btrim(o.name), ''), o.email), o.id, t.project_role, null, null, null
  from person u
  join console.team_invites t on t.account_owner_id = u.account_owner_id
  left join console.users o on o.id = u.account_owner_id
  where t.accepted_at is not null and (t.accepted_by_user_id = u.id
    or (t.accepted_by_user_id is null and lower(t.email) = lower(u.email)))
  union all
  select v.at, v.kind, concat(v.kind, ' ', coalesce(t.id, t.email)), t.email,
         case when v.kind = 'invite_accepted' then t.accepted_by_user_id end, t.project_role, null, null, null
  from console.team_invites t
  cross join lateral (values
    (t.created_at, 'invited'),
    (t.accepted_at, 'invite_accepted'),
    (case when t.accepted_at is null and t.ends_at <= $5 then t.ends_at end, 'invite_expired')
  ) v (at, kind)
  where t.account_owner_id = $1
  union all
  select a.assigned_at, 'assigned', concat('assigned ', a.cluster_id),
         coalesce(k.name, a.cluster_id), a.cluster_id, a.assigned_by, null, null, null
  from console.cluster_assignments a
  left join console.clusters k on k.id = a.cluster_id
  where a.user_id = $1
  union all
  select v.at, v.kind, concat(v.kind, ' ', i.name), i.name, null, null, null, null, null
  from console.instances i
  cross join lateral (values
    (i.activated_at, 'instance_ready'),
    (i.deleted_at, 'instance_deleted')
  ) v (at, kind)
  where i.user_id = $1
  union all
  select c.created_at,
         case when lower(c.type) in ('purchase', 'grant', 'refund', 'adjustment') then lower(c.type) else 'entry' end,
         concat('credit ', coalesce(c.id, concat(c.created_at, ' ', c.amount))), null, null, c.description,
         c.amount, 'USD', null
  from console.credit_transactions c
  where c.user_id = $1 and lower(c.type) is distinct from 'usage'
  union all
  select v.at, v.kind, concat(v.kind, ' ', b.origin, ' ', b.id), coalesce(b.number, b.description),
         b.origin || '/' || b.id, b.standing, b.amount, b.currency, null
  from console.billed b
  cross join lateral (values
    (b.created_at, 'invoiced'),
    (b.paid_at, 'invoice_paid')
  ) v (at, kind)
  where b.user_id = $1 and b.standing <> 'subscription'
  union all
  select v.at, v.kind, concat(v.kind, ' ', coalesce(p.id, p.project_id::text)), p.project_name, null, null, null, null, null
  from console.user_projects p
  cross join lateral (values
    (p.created_at, 'project_seen'),
    (case when p.status <> 'active' then p.last_seen_at end, 'project_gone')
  ) v (at, kind)
  where p.user_id = $1
  union all
  select v.at, v.kind, concat(v.kind, ' ', coalesce(d.id, d.name)), d.name, null, null, null, null, null
  from console.model_deployments d
  cross join lateral (values
    (d.created_at, 'deployed'),
    (d.deleted_at, 'deployment_removed')
  ) v (at, kind)
  where d.user_id = $1
  union all
  select r.last_sync_at, 'role_refused', concat('role ', r.account_owner_id, ' ', r.project_id),
         r.project_name, null, r.sync_error, null, null, null
  from console.project_member_roles r
  where r.member_id = $1 and r.sync_error is not null
  union all
  select v.at, v.kind, concat(v.kind, ' ', coalesce(h.id, h.check_type)), h.check_type, null,
         v.detail, null, null, null
  from (
    select c.id, c.check_type, c.error_message, c.created_at, c.resolved_at, c.resolution_notes
    from console.health_check_failures c where c.user_id = $1
    union all
    select c.id, c.check_type, c.error_message, c.created_at, c.resolved_at, c.resolution_notes
    from console.health_check_failures c
    where c.user_id is null and lower(c.email) = (select lower(u.email) from person u)
  ) h
  cross join lateral (values
    (h.created_at, 'check_failed', h.error_message),
    (h.resolved_at, 'check_resolved', h.resolution_notes)
  ) v (at, kind, detail)
  union all
  select v.at, v.kind, concat(v.kind, ' ', coalesce(p.id, p.resource_type)), p.resource_type, null, p.reason,
         p.override_price, 'USD', null
  from console.price_overrides p
  cross join lateral (values
    (case when p.valid_from <= $5 then p.valid_from end, 'price_promised'),
    (case when p.valid_until <= $5 then p.valid_until end, 'price_ended')
  ) v (at, kind)
  where p.user_id = $1
  union all
  select s.at, s.kind, s.key, s.action, s.audit_id::text, s.detail, null, null, s.staff
  from console.staff_acts_on($1) s
)
select c.at, c.kind, c.key, c.subject, c.subject_id, c.detail, c.amount, c.currency, c.by
from changes c
where c.at >= '0001-01-02' and c.at < '9999-12-31'
  and ($6::text[] is null or c.kind = any ($6))
  and ($3::text is null or (c.at, c.key) < ($2::timestamptz, $3))
order by c.at desc, c.key desc
limit $4
