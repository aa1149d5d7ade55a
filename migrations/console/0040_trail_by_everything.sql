-- The trail found by whatever one looks for, and given away: an export must let somebody who trusts neither
-- us nor the database compute every digest again. docs/AUDIT.md is the recipe.

-- "Everything of this kind", and "everything of this bulk", newest first.
create index audit_action_idx on console.audit (action, id);
create index audit_run_idx on console.audit (run, id) where run is not null;

create or replace view console.audit_entries as
select
  a.id, a.chain, l.seq, a.at, a.login, coalesce(d.data ->> 'staff', a.login) as staff, a.action, a.kind, a.subject,
  d.data ->> 'label' as label, d.data ->> 'reason' as reason, a.undoes, u.id as undone_by, a.run,
  d.data -> 'arguments' as arguments, d.data -> 'changes' as changes, d.data -> 'cascade' as cascade,
  d.data -> 'inverse' as inverse, d.data -> 'warnings' as warnings, d.data as data, d.audit_id is null as erased,
  pg_catalog.encode(l.hash, 'hex') as hash,
  -- As the chain covers it: digest is SHA-256 of digested, data_digest of salt and data_text, hash of the hash
  -- before and digest. The salt keeps guesses from erased data; beside the data itself it hides nothing.
  pg_catalog.jsonb_build_array(
    a.chain, a.id, (extract(epoch from a.at) * 1000000)::bigint, a.login, a.action, a.kind, a.subject, a.undoes, a.run,
    pg_catalog.encode(a.data_digest, 'hex')
  )::text as digested,
  pg_catalog.encode(l.digest, 'hex') as digest,
  (
    select pg_catalog.encode(coalesce(
      (select p.hash from console.audit_links as p where p.chain = a.chain and p.seq = l.seq - 1),
      case when l.seq = 1 then pg_catalog.sha256(pg_catalog.convert_to('hopsdesk audit ' || a.chain, 'UTF8')) end
    ), 'hex')
  ) as hash_before,
  pg_catalog.encode(a.data_digest, 'hex') as data_digest, pg_catalog.encode(d.salt, 'hex') as salt, d.data::text as data_text
from console.audit as a
left join console.audit_links as l on l.audit_id = a.id
left join console.audit_data as d on d.audit_id = a.id
left join console.audit as u on u.undoes = a.id;

-- By what the trail can be filtered: one step an index entry, so that a million entries cost what the few
-- different logins and actions do.
create function console.audit_words(p_column text) returns setof text
language plpgsql
stable
security definer
set search_path = ''
as $function$
declare
  v_word text;
begin
  loop
    if p_column = 'login' then
      select a.login into v_word from console.audit as a
      where v_word is null or a.login > v_word order by a.login limit 1;
    else
      select a.action into v_word from console.audit as a
      where v_word is null or a.action > v_word order by a.action limit 1;
    end if;
    exit when not found;
    return next v_word;
  end loop;
end
$function$;

comment on function console.audit_words(text) is 'Every login (login), or every action (anything else), that the trail names.';

insert into console.functions (name, groups) values ('audit_words', '{support,finance,admin,auditor}');

select console.renew_grants();
