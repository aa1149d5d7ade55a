-- What the program that carries effects out needs besides the outbox: which authority signed a cluster's
-- certificate, and the effects in shadow that are to be compared with the other system.

-- Clusters with certificates of their own. The service once switched verification off for all of them;
-- here the authority is on record, and then no other is believed.
create table console.cluster_authorities (
  cluster_id text not null primary key,
  pem text not null,
  set_by text not null default session_user,
  set_at timestamptz not null default clock_timestamp(),

  constraint cluster_authorities_pem_check
    check (pem like '%-----BEGIN CERTIFICATE-----%' and pem not like '%PRIVATE KEY%' and length(pem) <= 65536)
);

comment on table console.cluster_authorities is
  'Certificate authorities of clusters whose certificates no public authority signed, PEM. Public keys, no secret.';

alter table console.cluster_authorities enable row level security;

create function console.set_cluster_authority(p_cluster_id text, p_pem text, p_reason text) returns jsonb
language plpgsql
security definer
set search_path = ''
as $function$
declare
  v_pem text := nullif(pg_catalog.btrim(p_pem), '');
  v_staff console.staff;
  v_before text;
  v_audit bigint;
begin
  if session_user <> current_user then
    v_staff := console.caller_elevated();
    if v_staff.staff_group <> 'admin' then
      perform console.refuse(
        'HD003', 'Only admins say which authority a cluster has.',
        pg_catalog.jsonb_build_object('group', v_staff.staff_group)
      );
    end if;
  end if;
  perform console.text_argument(pg_catalog.jsonb_build_object('reason', p_reason), 'reason', 3, 500);
  if not exists (select from console.clusters as k where k.id = p_cluster_id) then
    perform console.refuse('HD006', 'There is no such cluster.', pg_catalog.jsonb_build_object('cluster_id', p_cluster_id));
  end if;
  if v_pem like '%PRIVATE KEY%' then
    perform console.refuse('HD005', 'This holds a private key: give the certificate alone.', '{"argument": "pem"}');
  end if;
  if v_pem not like '%-----BEGIN CERTIFICATE-----%' or pg_catalog.length(v_pem) > 65536 then
    perform console.refuse('HD005', 'Give the certificate of the authority as PEM.', '{"argument": "pem"}');
  end if;
  select a.pem into v_before from console.cluster_authorities as a where a.cluster_id = p_cluster_id;
  if v_pem is null then
    delete from console.cluster_authorities as a where a.cluster_id = p_cluster_id;
  else
    insert into console.cluster_authorities (cluster_id, pem) values (p_cluster_id, v_pem)
    on conflict (cluster_id) do update set
      pem = excluded.pem, set_by = session_user, set_at = pg_catalog.clock_timestamp();
  end if;
  v_audit := console.audit_write(
    'staff', 'set_cluster_authority', 'cluster', p_cluster_id,
    pg_catalog.jsonb_build_object('reason', p_reason, 'changes', pg_catalog.jsonb_build_array(pg_catalog.jsonb_build_object(
      'table', 'cluster_authorities', 'id', p_cluster_id, 'label', p_cluster_id, 'column', 'pem', 'before', v_before, 'after', v_pem
    )))
  );
  return pg_catalog.jsonb_build_object('audit_id', v_audit, 'cluster_id', p_cluster_id);
end
$function$;

comment on function console.set_cluster_authority(text, text, text) is
  'Sets the authority of a cluster''s certificate, or takes it away (null); admins, elevated: {"audit_id", "cluster_id"}.';

-- Effects in shadow are not done, but compared: nobody has to wait for nobody, so there is no lease.

create index outbox_shadow_idx on console.outbox (next_attempt_at, id) where state = 'shadow' and outcome is null;

create function console.shadow_outbox(p_limit integer, p_now timestamptz) returns table (
  id bigint, system text, kind text, subject text, cluster_id text, payload jsonb, idempotency_key text, attempts integer
)
language sql
stable
security definer
set search_path = ''
as $function$
  select o.id, o.system, o.kind, o.subject, o.cluster_id, o.payload, o.idempotency_key, o.attempts
  from console.outbox as o
  where o.state = 'shadow' and o.outcome is null and o.next_attempt_at <= p_now
  order by o.next_attempt_at, o.id
  limit least(greatest(p_limit, 0), 1000);
$function$;

create function console.compare_shadow(p_id bigint, p_outcome jsonb) returns void
language sql
security definer
set search_path = ''
as $function$
  update console.outbox as o set outcome = p_outcome, attempts = o.attempts + 1, last_error = null
  where o.id = p_id and o.state = 'shadow' and o.outcome is null and p_outcome is not null;
$function$;

create function console.postpone_shadow(p_id bigint, p_error text, p_at timestamptz) returns void
language sql
security definer
set search_path = ''
as $function$
  update console.outbox as o set
    attempts = o.attempts + 1, last_error = pg_catalog.left(p_error, 1000), next_attempt_at = p_at
  where o.id = p_id and o.state = 'shadow' and o.outcome is null and pg_catalog.isfinite(p_at);
$function$;

comment on function console.shadow_outbox(integer, timestamptz) is 'Effects in shadow that were not compared with the other system yet.';
comment on function console.compare_shadow(bigint, jsonb) is 'Keeps what the comparison of an effect in shadow found.';
comment on function console.postpone_shadow(bigint, text, timestamptz) is 'Puts off a comparison that was not possible.';

insert into console.functions (name, groups) values
('cluster_access', '{receiver}'),
('set_cluster_authority', '{admin}'),
('shadow_outbox', '{receiver}'),
('compare_shadow', '{receiver}'),
('postpone_shadow', '{receiver}');

select console.renew_grants();
