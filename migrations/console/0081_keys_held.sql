-- Which programs open what is sealed. A program that serves says, once a minute, whose private keys it holds; where it holds
-- none of those that secrets are sealed to, it can reach no cluster, and people are told before a customer notices.
--
-- And a bound for what was replaced: a slip is noticed within months, and an old key is one more thing that can be stolen.

create table console.keys_held (
  public_key text not null primary key,
  login text not null default session_user,
  seen_at timestamptz not null default clock_timestamp()
);

comment on table console.keys_held is 'Recipients whose private key a program that serves holds, and when it last said so.';

alter table console.keys_held enable row level security;

-- Keeps whose private keys the caller holds. How many recipients there are, how many of those the caller is, and how many
-- sealed secrets of clusters on record it does not open.
create function console.report_keys(p_public_keys text[]) returns table (recipients bigint, held bigint, unopened bigint)
language plpgsql
security definer
set search_path = ''
as $function$
begin
  insert into console.keys_held as h (public_key)
  select distinct r.public_key from console.recipients as r
  where r.removed_at is null and r.public_key = any (p_public_keys)
  order by 1
  on conflict (public_key) do update set login = excluded.login, seen_at = excluded.seen_at;
  return query
  select
    (select pg_catalog.count(*) from console.recipients as r where r.removed_at is null),
    (select pg_catalog.count(*) from console.recipients as r where r.removed_at is null and r.public_key = any (p_public_keys)),
    (
      select pg_catalog.count(*) from console.cluster_secrets as s
      where
        not s.recipients operator(pg_catalog.&&) coalesce(p_public_keys, '{}')
        and exists (select from console.clusters as k where k.id = s.cluster_id)
    );
end
$function$;

comment on function console.report_keys(text[]) is
  'A program says whose private keys it holds; answers how many recipients there are, how many it is, and what it does not open.';

-- Forgets what was replaced long ago, or by many since. Answers how many.
create function console.forget_old_secrets(p_keep integer, p_before timestamptz) returns bigint
language plpgsql
security definer
set search_path = ''
as $function$
declare
  v_gone jsonb;
  v_count bigint;
begin
  -- Who calls it too eagerly takes nobody's last chance.
  if not coalesce(p_keep >= 3 and p_before < pg_catalog.clock_timestamp() - interval '30 days', false) then
    perform console.refuse('HD005', 'Keep three at least, and each for thirty days.', '{"argument": "keep"}');
  end if;
  with ranked as (
    select
      f.cluster_id, f.kind, f.replaced_at,
      pg_catalog.row_number() over (partition by f.cluster_id, f.kind order by f.replaced_at desc) as newer
    from console.former_secrets as f
  ),
  gone as (
    delete from console.former_secrets as f
    using ranked as r
    where
      f.cluster_id = r.cluster_id and f.kind = r.kind and f.replaced_at = r.replaced_at
      and f.replaced_at < pg_catalog.clock_timestamp() - interval '30 days'
      and (r.newer > p_keep or r.replaced_at < p_before)
    returning f.cluster_id, f.kind, f.sealed_at, f.replaced_at
  )
  select
    pg_catalog.count(*),
    pg_catalog.jsonb_agg(pg_catalog.to_jsonb(g) order by g.cluster_id, g.kind, g.replaced_at)
  into v_count, v_gone from gone as g;
  if v_count > 0 then
    perform console.audit_write('system', 'forget_secrets', 'service', 'former_secrets', pg_catalog.jsonb_build_object(
      'reason', 'Replaced long ago', 'forgotten', v_count, 'which', v_gone
    ));
  end if;
  return v_count;
end
$function$;

comment on function console.forget_old_secrets(integer, timestamptz) is
  'Forgets replaced secrets beyond so many of each, or replaced before then; none younger than thirty days. Answers how many.';

insert into console.functions (name, groups) values
('report_keys', '{receiver}'),
('forget_old_secrets', '{receiver}');

insert into console.readable (relation, groups) values ('keys_held', '{support,finance,admin,auditor,receiver,collector}');

select console.renew_grants();
