-- What staff did to one customer, and what followed elsewhere: their part of the customer's timeline. The
-- rest of it is read from the canonical views, with the reader's own rights.

-- By whom somebody was suspended together with their team, also when it was lifted long ago.
create index holds_user_idx on console.holds (user_id);

create function console.staff_acts_on(p_user_id text) returns table (
  at timestamptz, kind text, key text, action text, detail text, staff text, audit_id bigint
)
language plpgsql
stable
security definer
set search_path = ''
as $function$
begin
  return query
  select
    a.at,
    case
      when a.kind = 'effect' and a.chain = 'system' then case when a.action = 'outbox_done' then 'effect_done' else 'effect_failed' end
      when a.chain = 'system' then 'system_did'
      when a.action = 'add_note' then 'note' when a.undoes is not null then 'staff_undid' else 'staff_did'
    end,
    'audit ' || a.id,
    case when a.kind = 'effect' and a.chain = 'system' then pg_catalog.concat_ws(' ', d.data ->> 'system', d.data ->> 'kind') else a.action end,
    case
      when a.kind = 'effect' and a.chain = 'system' then d.data ->> 'error'
      when a.action = 'add_note' then coalesce((select n.body from console.notes as n where n.audit_id = a.id), d.data ->> 'reason')
      else d.data ->> 'reason'
    end,
    case when a.chain = 'staff' or a.kind = 'effect' then coalesce(d.data ->> 'staff', s.name, a.login) end, a.id
  from (
    select e.id from console.audit as e where e.subject = p_user_id and e.kind in ('user', 'account', 'effect')
    union
    select e.id from console.team_invites as t
    join console.audit as e on e.subject = t.id and e.kind = 'invite'
    where t.account_owner_id = p_user_id
    union
    select h.audit_id from console.holds as h where h.user_id = p_user_id
    union
    select h.lifted_by from console.holds as h where h.user_id = p_user_id and h.lifted_by is not null
  ) as of_them
  join console.audit as a on a.id = of_them.id
  left join console.audit_data as d on d.audit_id = a.id
  left join console.staff as s on s.login = a.login;
end
$function$;

comment on function console.staff_acts_on(text) is
  'What staff did to one customer, their invitations included, notes, and what became of it in other systems.';

insert into console.functions (name, groups) values ('staff_acts_on', '{support,finance,admin,auditor}');

-- The authority of a cluster's certificate, for the page that changes it. A public key: no secret.
create function console.cluster_authority(p_cluster_id text) returns table (pem text, set_by text, set_at timestamptz)
language sql
stable
security definer
set search_path = ''
as $function$
  select a.pem, coalesce(s.name, a.set_by), a.set_at
  from console.cluster_authorities as a
  left join console.staff as s on s.login = a.set_by
  where a.cluster_id = p_cluster_id;
$function$;

comment on function console.cluster_authority(text) is 'Which authority signed a cluster''s certificate; no row: a public one.';

insert into console.functions (name, groups) values ('cluster_authority', '{support,finance,admin,auditor}');

select console.renew_grants();
