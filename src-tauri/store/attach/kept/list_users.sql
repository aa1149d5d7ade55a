-- A page of the Users list, whatever its filter and order, in a time that does not grow with the service.
--
-- Through a pooler every statement is planned anew, and to plan the page as one statement, for every
-- order and filter at once, took longer than to read it. So it is two: which users, a small statement put
-- together from what this page asks for (pieces written here; values go beside it, never into it), and what
-- each of these rows shows, whose plan the server keeps with the session.
--
-- Called by whoever may read the canonical views, and with that right only. Like the functions that keep
-- the rollups it names the views only when it runs, so attach may drop and make them.
create function console.list_users(
  p_pattern text, p_text text, p_statuses text[], p_plans text[], p_role text, p_clusters text[], p_concern text,
  p_sort text, p_descending boolean,
  p_after_null boolean, p_after_time timestamptz, p_after_text text, p_after_number numeric, p_after_id text,
  p_limit bigint, p_month date, p_now timestamptz, p_cost_over numrange, p_cost_under numrange,
  p_seen_from timestamptz, p_seen_before timestamptz, p_never_seen boolean,
  p_registered_from timestamptz, p_registered_before timestamptz, p_team text
) returns table (
  id text, name text, email text, status text, account_owner_id text, plan text,
  created_at timestamptz, last_login_at timestamptz, owner_name text, owner_email text, owner_status text,
  company text, members bigint, cluster_id text, cluster_name text, cluster_status text,
  hopsworks_username text, has_hopsworks_user boolean, month_cost numeric, instance_status text,
  total_purchased numeric, total_used numeric, free_credits_granted numeric, free_credits_used numeric,
  has_credits boolean, per_day numeric, invoices_overdue bigint, matching_rows bigint, matching_over bigint
)
language plpgsql
stable
set search_path = ''
set plan_cache_mode = force_generic_plan
as $function$
#variable_conflict use_column
declare
  -- Which users pass. `$n` is the n-th parameter.
  v_where text := 'true';
  v_concern text := p_concern;
  v_listed text := '';
  v_key text;
  v_after text := '';
  v_sense text := case when p_descending then ' desc' else '' end;
  v_than text := case when p_descending then ' < ' else ' > ' end;
  v_from text := 'console.users as u';
  v_id text := 'u.id';
  v_with_key text;
  v_without_key text;
  v_ids text[] := '{}';
  v_more text[];
  v_matching bigint;
  -- There are more than these.
  v_over bigint;
  -- Fragments are found along the order of the page, row by row, and counted no further than this on the way.
  v_most constant bigint := 50;
  v_wanted bigint := case when p_pattern is not null and p_after_id is null then greatest(p_limit, v_most + 1)
                          else p_limit end;
begin
  if p_pattern is not null then
    v_where := v_where || ' and (u.email ilike $1 or u.name ilike $1 or u.id = $2)';
  end if;
  if cardinality(p_statuses) = 1 and p_statuses[1] in ('suspended', 'deleted') then
    v_where := v_where || ' and u.status = ($3)[1]';
  elsif p_statuses is not null then
    v_where := v_where || $part$ and (u.status = any ($3) or ('active' = any ($3) and u.status is null)
      or ('other' = any ($3) and u.status not in ('active', 'suspended', 'deleted')))$part$;
  end if;
  if cardinality(p_plans) = 1 and p_concern is null
    and exists (
      select from console.lists_counted as k
      where k.list = 'users' and k.kind = 'concern' and k.value = 'plan:' || p_plans[1]
    )
  then
    v_concern := 'plan:' || p_plans[1];
  elsif p_plans is not null then
    v_where := v_where || $part$ and coalesce(
      (select case when plan.word in ('prepaid', 'postpaid', 'free') then plan.word else 'other' end
       from (select case when u.account_owner_id is null then u.billing_mode
                         else (select o.billing_mode from console.users as o where o.id = u.account_owner_id)
                    end) as plan (word)
       where plan.word is not null),
      'none') = any ($4)$part$;
  end if;
  if p_role is not null then
    v_where := v_where || case when p_role = 'member' then ' and u.account_owner_id is not null'
                               else ' and u.account_owner_id is null' end;
  end if;
  if p_clusters is not null then
    v_where := v_where || ' and exists (
      select from console.cluster_assignments as a where a.user_id = u.id and a.cluster_id = any ($6))';
  end if;
  if v_concern is not null then
    -- Who has a trouble, or a plan that few have, is kept by the rollups in the order of registration.
    v_listed := ' and exists (
      select from console.users_concerned as c where c.user_id = u.id and c.concern = '
      || quote_literal(v_concern) || ')';
  end if;
  if p_cost_over is not null or p_cost_under is not null then
    v_where := v_where || ' and exists (
      select from console.usage_by_user_month as m
      where m.user_id = u.id and m.month = $16 and m.leads
        and ($18 is null or m.user_cost <@ $18) and ($19 is null or m.user_cost <@ $19))';
  end if;
  if p_seen_from is not null then
    v_where := v_where || ' and u.last_login_at >= $20';
  end if;
  if p_seen_before is not null then
    v_where := v_where || ' and u.last_login_at < $21';
  end if;
  if p_never_seen then
    v_where := v_where || ' and u.last_login_at is null';
  end if;
  if p_registered_from is not null then
    v_where := v_where || ' and u.created_at >= $23';
  end if;
  if p_registered_before is not null then
    v_where := v_where || ' and u.created_at < $24';
  end if;
  if p_team is not null then
    v_where := v_where || ' and (u.id = $25 or u.account_owner_id = $25)';
  end if;

  -- Users with a value in the order of it, then those without one by id.
  v_key := case p_sort when 'created' then 'u.created_at' when 'last_login' then 'u.last_login_at'
                       when 'name' then 'u.name' when 'email' then 'u.email' else 'p.user_cost' end;
  v_with_key := v_key || ' is not null';
  v_without_key := v_key || ' is null';
  if p_sort = 'month_cost' then
    -- Costs come from the rollup, whose index has everybody in their order once.
    v_from := 'console.usage_by_user_month as p join console.users as u on u.id = p.user_id';
    v_id := 'p.user_id';
    v_with_key := 'p.month = $16 and p.leads and p.user_cost is not null';
    v_without_key := 'not exists (
      select from console.usage_by_user_month as p
      where p.user_id = u.id and p.month = $16 and p.leads and p.user_cost is not null'
      -- Where both are read in the order of their ids, the rollup is to begin where the page does.
      || case when p_after_null then ' and p.user_id > $14)' else ')' end;
  end if;
  if p_sort = 'created' and v_concern is not null then
    v_from := 'console.users_concerned as c join console.users as u on u.id = c.user_id';
    v_id := 'c.user_id';
    v_key := 'c.created_at';
    v_with_key := 'c.created_at is not null and c.concern = ' || quote_literal(v_concern);
  else
    v_with_key := v_with_key || v_listed;
  end if;
  v_without_key := v_without_key || v_listed;
  if p_after_id is not null and not p_after_null then
    v_after := ' and (' || v_key || ', ' || v_id || ')' || v_than || case
      when p_sort in ('created', 'last_login') then '($11, $14)'
      when p_sort in ('name', 'email') then '($12, $14)'
      else '($13, $14)' end;
  end if;
  if not p_after_null then
    execute 'select array(select ' || v_id || ' from ' || v_from || ' where ' || v_where || ' and ' || v_with_key
      || v_after || ' order by ' || v_key || v_sense || ', ' || v_id || v_sense || ' limit $15)'
    into v_ids
    using p_pattern, p_text, p_statuses, p_plans, p_role, p_clusters, p_concern, p_sort, p_descending,
      p_after_null, p_after_time, p_after_text, p_after_number, p_after_id, v_wanted, p_month, p_now,
      p_cost_over, p_cost_under, p_seen_from, p_seen_before, p_never_seen, p_registered_from,
      p_registered_before, p_team;
  end if;
  -- Everybody has an e-mail, if an empty one.
  if p_sort <> 'email' and cardinality(v_ids) < v_wanted then
    execute 'select array(select u.id from console.users as u where ' || v_where || ' and ' || v_without_key
      || case when p_after_null then ' and u.id > $14' else '' end || ' order by u.id limit $15)'
    into v_more
    using p_pattern, p_text, p_statuses, p_plans, p_role, p_clusters, p_concern, p_sort, p_descending,
      p_after_null, p_after_time, p_after_text, p_after_number, p_after_id, v_wanted - cardinality(v_ids),
      p_month, p_now, p_cost_over, p_cost_under, p_seen_from, p_seen_before, p_never_seen,
      p_registered_from, p_registered_before, p_team;
    v_ids := v_ids || v_more;
  end if;

  if p_after_id is null then
    -- Thousands are not counted one by one: of everybody, and of any one filter, the rollups know how many
    -- there were a moment ago, and more than so many whole thousands is what is said.
    -- Of several clusters they do not: who has a seat on two of them counts once.
    v_over := case
      when num_nonnulls(
          p_pattern, p_statuses, p_plans, p_role, p_clusters, p_concern, p_cost_over, p_cost_under, p_seen_from,
          p_seen_before, nullif(p_never_seen, false), p_registered_from, p_registered_before, p_team
        ) > 1 then null
      when v_where = 'true' and v_concern is null then
        (select f.users from console.service_figures as f where f.users > 10000)
      else (
        select sum(k.entries)
        from console.lists_counted as k
        where k.list = 'users' and (
          (k.kind = 'status' and k.value = any (p_statuses)) or (k.kind = 'plan' and k.value = any (p_plans))
          or (k.kind = 'role' and k.value = p_role) or (k.kind = 'cluster' and array[k.value] = p_clusters)
          or (k.kind = 'concern' and k.value = p_concern)
        )
      )
    end;
    v_over := case when v_over is not null then least(v_over - v_over % 1000, 10000) end;
    if cardinality(v_ids) < v_wanted then
      -- This is all of them.
      v_matching := cardinality(v_ids);
      v_over := null;
    elsif p_pattern is not null then
      v_over := v_wanted - 1;
    elsif coalesce(v_over, 0) = 0 then
      v_over := case when v_where = 'true' and v_concern is null then 10000 else 1000 end;
      execute 'select count(*) from (select from console.users as u where ' || v_where || v_listed
        || ' limit ' || v_over + 1 || ') as c'
      into v_matching
      using p_pattern, p_text, p_statuses, p_plans, p_role, p_clusters, p_concern, p_sort, p_descending,
        p_after_null, p_after_time, p_after_text, p_after_number, p_after_id, p_limit, p_month, p_now,
        p_cost_over, p_cost_under, p_seen_from, p_seen_before, p_never_seen, p_registered_from,
        p_registered_before, p_team;
      if v_matching <= v_over then
        v_over := null;
      end if;
    end if;
  end if;

  return query
  select
    u.id, u.name, u.email, u.status, u.account_owner_id,
    case when u.account_owner_id is null then u.billing_mode else o.billing_mode end,
    u.created_at, u.last_login_at, o.name, o.email, o.status,
    coalesce(o.company, case when o.id is null then u.company end),
    (select count(*) from console.users as m
     where m.account_owner_id = coalesce(u.account_owner_id, u.id) and m.status is distinct from 'deleted'),
    seat.cluster_id, k.name, k.status, seat.hopsworks_username,
    coalesce(seat.hopsworks_username, u.hopsworks_username) is not null,
    -- By the rollup's key: with `leads` as a condition, the planner may read its order by cost instead.
    (select max(m.user_cost) filter (where m.leads) from console.usage_by_user_month as m
     where m.user_id = u.id and m.month = p_month),
    (select i.status from console.instances as i
     where i.user_id = coalesce(u.account_owner_id, u.id) and i.deleted_at is null
     limit 1),
    c.total_purchased, c.total_used, c.free_credits_granted, c.free_credits_used, c.user_id is not null,
    (select s.per_day from console.credit_standing as s
     where s.account_id = coalesce(u.account_owner_id, u.id)),
    (select count(*) from console.open_invoices as i
     where i.user_id = coalesce(u.account_owner_id, u.id) and (i.failed or i.due_at < p_now)),
    v_matching, v_over
  from unnest(v_ids[:p_limit]) with ordinality as p (id, position)
  join console.users as u on u.id = p.id
  left join console.users as o on o.id = u.account_owner_id
  left join console.user_credits as c on c.user_id = coalesce(u.account_owner_id, u.id)
  left join lateral (
    select a.cluster_id, a.hopsworks_username
    from console.cluster_assignments as a
    where a.user_id = u.id
    order by a.assigned_at desc nulls last
    limit 1
  ) as seat on true
  left join console.clusters as k on k.id = seat.cluster_id
  order by p.position
  limit p_limit;
end
$function$;

comment on function console.list_users is 'A page of the Users list.';
