-- What trying every statement as every group brought to light.
--
-- The overview counts registrations that wait for a person. Staff see that they wait and whom they collide
-- with, not what came in: bodies and headers stay with the receiver.

create view console.inbox_attention as
select i.id, i.provider, i.state, i.received_at, i.outcome ->> 'holder_id' as holder_id
from console.inbox as i
where i.state in ('conflict', 'dead');

comment on view console.inbox_attention is 'Events that wait for a person, without what they say.';

insert into console.readable (relation, groups) values ('inbox_attention', '{support,finance,admin,auditor,receiver,collector}');

-- What a check found may name an address, which finance has no need of (hidden_columns): the page is read by
-- everybody and asks here for the one column that not all of them may see.
create function console.may_see_findings() returns boolean
language sql
stable
security definer
set search_path = ''
as $function$
  select coalesce(
    pg_catalog.has_column_privilege(session_user, pg_catalog.to_regclass('console.health_check_failures'), 'details', 'select'),
    false
  );
$function$;

create function console.findings_of(p_user_id text) returns table (key text, details jsonb)
language plpgsql
stable
security definer
set search_path = ''
as $function$
begin
  if console.may_see_findings() then
    return query
    select distinct on (k.key) k.key, c.details
    from (
      select h.id, h.check_type, h.created_at, h.details from console.health_check_failures as h
      where h.user_id = p_user_id
      union all
      -- A check that knows somebody by their address alone.
      select h.id, h.check_type, h.created_at, h.details from console.health_check_failures as h
      where
        h.user_id is null
        and lower(h.email) = (select lower(u.email) from console.users as u where u.id = p_user_id)
    ) as c
    cross join lateral (select coalesce(c.id, pg_catalog.concat(c.check_type, ' ', c.created_at)) as key) as k
    order by k.key;
  end if;
end
$function$;

comment on function console.may_see_findings() is 'Whether the caller may see what the service''s checks found, word for word.';
comment on function console.findings_of(text) is
  'What the checks found wrong with one user, by the key of the check''s row; nothing for whoever may not see it, see may_see_findings().';

insert into console.functions (name, groups) values
('may_see_findings', '{support,finance,admin,auditor}'),
('findings_of', '{support,finance,admin,auditor}');

select console.renew_grants();
