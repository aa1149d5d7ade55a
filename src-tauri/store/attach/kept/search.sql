-- The search box: users, teams, clusters, projects and invoices by a fragment of what they are called.
--
-- p_fragment: pattern, null when the text is too short for one · p_beginning: pattern in lower case
-- p_lower: the text in lower case · p_text: the text · p_users: how many users · p_others: of each other kind
-- p_number: fragment pattern for invoices, null when the text can be no part of a number
-- p_company, p_project: fragment patterns, null when the text can be no part of such a name · p_now: now
--
-- Nothing here reads all that fits: every source stops after a handful of candidates, and those are ranked.
-- Beginnings come from ordered indexes, which stop early however common they are (the order is asked for in
-- the index's own way, or another index that merely looks cheap is read through). Fragments come from
-- trigrams, which collect everything that fits before the first row; so they are asked only where
-- beginnings do not fill the list, and for so few that where a fragment is common, reading the table
-- until enough fit is what the planner chooses.
--
-- How common a pattern is decides on the plan, so what has one is planned with it at each call, and only if it
-- is asked at all; the plans of everything else are kept. As in list_users.
create function console.search(
  p_fragment text, p_beginning text, p_lower text, p_text text, p_users bigint, p_others bigint, p_number text,
  p_company text, p_project text, p_now timestamptz
) returns table (
  kind text, id text, origin text, title text, state text, namespace text, user_id text, by text, exact boolean,
  name text, email text, status text, company text, members bigint,
  cluster_id text, cluster_name text, region text, cluster_status text
)
language plpgsql
stable
set search_path = ''
set plan_cache_mode = force_generic_plan
-- What is materialized is reckoned as if all of it were wanted.
set jit = off
as $function$
#variable_conflict use_column
declare
  v_exactly text[];
  v_begins text[];
  v_within text[] := '{}';
  v_companies text[];
  v_more text[];
begin
  v_exactly := array(
    (select u.id from console.users as u
     where u.id = p_text or u.email = p_text or u.email = p_lower or u.hopsworks_username = p_text
     limit 5)
    union all
    (select a.user_id from console.cluster_assignments as a where a.hopsworks_username = p_text limit 5)
  );
  execute $part$
    select array(
      (select u.id from console.users as u where lower(u.email) like $1
       order by lower(u.email) using operator(pg_catalog.~<~) limit 30)
      union all
      (select u.id from console.users as u where lower(u.name) like $1
       order by lower(u.name) using operator(pg_catalog.~<~) limit 30)
    )$part$
  into v_begins
  using p_beginning;
  if p_fragment is not null and cardinality(v_begins) < 20 then
    execute 'select array(
      select u.id from console.users as u where u.email ilike $1 or u.name ilike $1 limit 40)'
    into v_within
    using p_fragment;
  end if;
  execute $part$
    select array(
      select u.id from console.users as u where u.account_owner_id is null and lower(u.company) like $1
      order by lower(u.company) using operator(pg_catalog.~<~) limit 20)$part$
  into v_companies
  using p_beginning;
  if p_company is not null then
    -- Companies repeat, so a fragment that nobody's company has is taken for one that many have, and would be looked for by
    -- reading the table until twenty have come. Materialized, it is planned as if all of them were wanted.
    execute 'with fitting as materialized (
        select u.id from console.users as u where u.account_owner_id is null and u.company ilike $1
      )
      select array(select f.id from fitting as f limit 20)'
    into v_more
    using p_company;
    v_companies := v_companies || v_more;
  end if;

  return query
  select 'user'::text, u.id, null::text, null::text, null::text, null::text, u.id, null::text, c.exact,
         u.name, u.email, u.status, u.company, null::bigint, null::text, null::text, null::text, null::text
  from (
    select f.id, bool_or(f.exact) as exact, bool_or(f.begins) as begins
    from (
      select e.id, true as exact, false as begins from unnest(v_exactly) as e (id)
      union all
      select b.id, false, true from unnest(v_begins) as b (id)
      union all
      select w.id, false, false from unnest(v_within) as w (id)
    ) as f
    group by f.id
  ) as c
  join console.users as u on u.id = c.id
  order by c.exact desc, c.begins desc, u.name nulls last, u.email
  limit p_users;

  -- An owner with a team is found by the company, and by what finds the owner.
  return query
  select 'team'::text, t.id, null::text, null::text, null::text, null::text, t.id, null::text,
         coalesce(lower(t.company) = p_lower, false), t.name, t.email, t.status, t.company,
         (select count(*) from console.users as m
          where m.account_owner_id = t.id and m.status is distinct from 'deleted'),
         null::text, null::text, null::text, null::text
  from (
    select u.id, u.name, u.email, u.status, u.company, c.named
    from (
      select f.id, bool_or(f.named) as named
      from (
        select e.id, true as named from unnest(v_companies) as e (id)
        union all
        select o.id, false from unnest(v_exactly || v_begins || v_within) as o (id)
      ) as f
      group by f.id
    ) as c
    join console.users as u on u.id = c.id
    where u.account_owner_id is null
      and exists (select from console.users as m
                  where m.account_owner_id = u.id and m.status is distinct from 'deleted')
    order by c.named desc, nullif(btrim(u.company), '') nulls last, u.name, u.email
    limit p_others
  ) as t
  order by t.named desc, nullif(btrim(t.company), '') nulls last, t.name, t.email;

  return query
  select 'cluster'::text, k.id, null::text, null::text, null::text, null::text, null::text, null::text,
         lower(k.name) = p_lower, null::text, null::text, null::text, null::text, null::bigint,
         k.id, k.name, k.region, k.status
  from console.clusters as k
  where k.name ilike coalesce(p_fragment, p_beginning) or k.region ilike coalesce(p_fragment, p_beginning)
     or k.api_url ilike coalesce(p_fragment, 'https://' || p_beginning)
  order by lower(k.name) = p_lower desc, k.name
  limit p_others;

  if p_project is not null then
    -- Materialized as above: what only a few projects are called was looked for through the whole table. Where more
    -- than forty hold the text, what is called exactly so may be none of these: its pattern is the beginning without
    -- the sign for anything.
    return query execute $part$
      select 'project'::text, p.user_id, null::text, p.project_name, p.status, p.namespace, p.user_id, null::text,
             p.exact, u.name, u.email, u.status, u.company, null::bigint, k.id, k.name, k.region, k.status
      from (
        select c.*, (lower(c.namespace) = $2 or lower(c.project_name) = $2) is true as exact,
               (lower(c.project_name) like $3 or lower(c.namespace) like $3) is true as begins
        from (
          with fitting as materialized (
            select p.user_id, p.cluster_id, p.project_name, p.namespace, p.status
            from console.user_projects as p
            where p.project_name ilike $1 or p.namespace ilike $1
          ), forty as materialized (
            select f.* from fitting as f limit 40
          ), exactly as materialized (
            select p.user_id, p.cluster_id, p.project_name, p.namespace, p.status
            from console.user_projects as p
            where p.project_name ilike $5 or p.namespace ilike $5
          )
          select f.* from forty as f
          union
          (select e.* from exactly as e where (select count(*) from forty) = 40 limit 5)
        ) as c
        order by exact desc, begins desc, c.project_name, c.namespace
        limit $4
      ) as p
      left join console.users as u on u.id = p.user_id
      left join console.clusters as k on k.id = p.cluster_id
      order by p.exact desc, p.begins desc, p.project_name, p.namespace$part$
    using p_project, p_lower, p_beginning, p_others, left(p_beginning, -1);
  end if;

  if p_number is not null then
    -- A charge that stands in both tables is one invoice. The number itself, which may be none of the first forty that
    -- hold it, is looked for as it may be written: numbers begin alike, and by trigrams all of those would be read.
    return query execute $part$
      select 'invoice'::text, i.id, i.origin, i.number, console.found_standing(i.origin, i.id, $4), null::text, i.user_id,
             null::text, i.exact, u.name, u.email, u.status, u.company, null::bigint, null::text, null::text, null::text, null::text
      from (
        select d.*
        from (
          select distinct on (n.number, n.user_id) n.*
          from (
            (select i.id, i.origin, i.number, i.user_id, true as exact
             from console.invoices as i
             where i.number in ($2, $5, upper($5))
             limit 5)
            union all
            (select m.id, m.origin, m.number, m.user_id, true
             from console.billed_mirror as m
             where m.number in ($2, $5, upper($5))
             limit 5)
            union all
            (select i.id, i.origin, i.number, i.user_id, lower(i.number) = $2
             from console.invoices as i
             where i.number ilike $1
             limit 40)
            union all
            (select m.id, m.origin, m.number, m.user_id, lower(m.number) = $2
             from console.billed_mirror as m
             where m.number ilike $1
             limit 40)
          ) as n
          order by n.number, n.user_id, n.origin desc
        ) as d
        order by d.exact desc, d.number desc
        limit $3
      ) as i
      left join console.users as u on u.id = i.user_id
      order by i.exact desc, i.number desc$part$
    using p_number, p_lower, p_others, p_now, p_text;
  end if;
end
$function$;

comment on function console.search is 'What the search box finds.';
