-- Notes staff keep about a customer, an invitation or a cluster; and the trail, to be read.

create table console.notes (
  id bigint not null generated always as identity primary key,
  kind text not null,
  subject text not null,
  body text not null,
  login text not null,
  at timestamptz not null default clock_timestamp(),
  audit_id bigint not null references console.audit (id),

  constraint notes_kind_check check (kind in ('user', 'account', 'cluster', 'invite')),
  constraint notes_body_check check (length(body) between 1 and 4000)
);

create index notes_subject_idx on console.notes (subject, at desc, id desc);

comment on table console.notes is 'What staff want each other to know. Not shown to customers.';

alter table console.notes enable row level security;

create function console.notes_of(p_kind text, p_subject text) returns table (
  id bigint, at timestamptz, login text, staff text, body text, audit_id bigint
)
language sql
stable
security definer
set search_path = ''
as $function$
  select n.id, n.at, n.login, coalesce(s.name, n.login), n.body, n.audit_id
  from console.notes as n
  left join console.staff as s on s.login = n.login
  where
    n.subject = p_subject
    and (n.kind = p_kind or (p_kind in ('user', 'account') and n.kind in ('user', 'account')))
  order by n.at desc, n.id desc
  limit 500;
$function$;

comment on function console.notes_of(text, text) is 'Notes about one subject, newest first.';

create function console.add_note(p_subject text, p_arguments jsonb, p_expected text, p_dry_run boolean) returns jsonb
language plpgsql
security definer
set search_path = ''
as $function$
declare
  -- A note is its own reason.
  v_plan jsonb := console.act_begin(
    'add_note', p_subject,
    case when pg_catalog.jsonb_typeof(p_arguments) = 'object'
      then '{"reason": "a note"}'::jsonb || p_arguments else p_arguments end,
    p_expected, p_dry_run
  );
begin
  return console.act_finish(
    v_plan || pg_catalog.jsonb_build_object('note', console.text_argument(v_plan -> 'arguments', 'note', 1, 4000))
  );
end
$function$;

comment on function console.add_note(text, jsonb, text, boolean) is 'Action. Arguments: kind, note.';

insert into console.actions (name, kind, title, groups) values ('add_note', 'any', 'Add note', '{support,finance,admin}');

-- The audit trail, to be read: who, what, when, why, before and after.
create view console.audit_entries as
select
  a.id, a.chain, l.seq, a.at, a.login, coalesce(d.data ->> 'staff', a.login) as staff, a.action, a.kind, a.subject,
  d.data ->> 'label' as label, d.data ->> 'reason' as reason, a.undoes, u.id as undone_by, a.run,
  d.data -> 'arguments' as arguments, d.data -> 'changes' as changes, d.data -> 'cascade' as cascade,
  d.data -> 'inverse' as inverse, d.data -> 'warnings' as warnings, d.data as data, d.audit_id is null as erased,
  pg_catalog.encode(l.hash, 'hex') as hash
from console.audit as a
left join console.audit_links as l on l.audit_id = a.id
left join console.audit_data as d on d.audit_id = a.id
left join console.audit as u on u.undoes = a.id;

comment on view console.audit_entries is 'The audit trail with what it says. erased: its personal data is gone, on demand and on record.';

insert into console.readable (relation, groups) values ('audit_entries', '{support,finance,admin,auditor}');

-- Personal data of one customer out of the trail; the chain still holds, since it covers digests.
create function console.erase_audit_data(p_subject text, p_reason text) returns jsonb
language plpgsql
security definer
set search_path = ''
as $function$
declare
  v_staff console.staff := console.caller_elevated();
  v_audit bigint;
  v_erased bigint;
begin
  if v_staff.staff_group <> 'admin' then
    perform console.refuse('HD003', 'Only admins erase personal data.', pg_catalog.jsonb_build_object('group', v_staff.staff_group));
  end if;
  perform console.text_argument(pg_catalog.jsonb_build_object('reason', p_reason), 'reason', 3, 500);
  perform console.text_argument(pg_catalog.jsonb_build_object('subject', p_subject), 'subject', 1, 255);
  v_audit := console.audit_write('staff', 'erase_audit_data', 'user', p_subject, pg_catalog.jsonb_build_object('reason', p_reason));
  insert into console.audit_erasures (audit_id, erased_by)
  select d.audit_id, v_audit from console.audit_data as d
  join console.audit as a on a.id = d.audit_id
  where
    d.audit_id <> v_audit
    and (a.subject = p_subject or d.data @? pg_catalog.format('$.changes[*] ? (@.id == %s)', pg_catalog.to_json(p_subject))::jsonpath)
    and not exists (select from console.audit_erasures as e where e.audit_id = d.audit_id);
  delete from console.audit_data as d using console.audit_erasures as e where e.audit_id = d.audit_id and e.erased_by = v_audit;
  get diagnostics v_erased = row_count;
  delete from console.notes as n where n.subject = p_subject and n.kind in ('user', 'account');
  return pg_catalog.jsonb_build_object('audit_id', v_audit, 'erased', v_erased);
end
$function$;

comment on function console.erase_audit_data(text, text) is
  'Erases what the trail says about one customer, and notes about them; admins, elevated: {"audit_id", "erased"}. The chain still verifies.';

insert into console.functions (name, groups) values
('notes_of', '{support,finance,admin,auditor}'),
('erase_audit_data', '{admin}');
