-- A page of the Teams list: which owners, by a small statement put together from what this page asks for, then
-- what each row shows. As in list_users: values go beside the statement, and the plan of the rows is kept.
--
-- A team is an owner with members, or with invites that are open or expired. The id breaks ties upwards in
-- both directions; teams without a value come last, by id.
create function console.list_teams(
  p_pattern text, p_text text, p_concern text, p_sort text, p_descending boolean,
  p_after_null boolean, p_after_number numeric, p_after_text text, p_after_time timestamptz, p_after_id text,
  p_limit bigint, p_month date, p_month_before date,
  p_statuses text[], p_plans text[], p_members_least bigint, p_members_most bigint, p_cost_over numrange,
  p_cost_under numrange, p_registered_from timestamptz, p_registered_before timestamptz
) returns table (
  id text, name text, email text, status text, company text, plan text, created_at timestamptz,
  members bigint, members_active bigint, members_suspended bigint, invites_pending bigint, invites_expired bigint,
  total_cost numeric, cpu_hours numeric, gpu_hours numeric, storage_gb numeric, feature_store_api_calls numeric,
  model_inference_calls numeric, cost_before numeric, matching_rows bigint, matching_over bigint
)
language plpgsql
stable
set search_path = ''
set plan_cache_mode = force_generic_plan
as $function$
#variable_conflict use_column
declare
  v_from text := 'console.team_standing as t join console.users as u on u.id = t.account_id';
  v_where text := 'true';
  v_key text := case p_sort when 'cost' then 's.total_cost' when 'members' then 't.members' when 'name' then 'u.name'
                            else 't.created_at' end;
  v_value text := case p_sort when 'name' then '$8' when 'created' then '$9' else '$7' end;
  -- Ties go by the id of the table that is read in order.
  v_id text := case p_sort when 'cost' then 's.account_id' when 'name' then 'u.id' else 't.account_id' end;
  v_sum text := '';
  v_costly boolean := p_cost_over is not null or p_cost_under is not null;
  v_after text := '';
  v_ids text[] := '{}';
  v_more text[];
  v_matching bigint;
  v_over bigint;
begin
  if p_pattern is not null then
    v_where := v_where || ' and (u.email ilike $1 or u.name ilike $1 or u.company ilike $1 or u.id = $2)';
  end if;
  v_where := v_where || case p_concern
    when 'suspended_members' then ' and t.members_suspended > 0'
    when 'pending_invites' then ' and t.invites_pending > 0'
    when 'expired_invites' then ' and t.invites_expired > 0'
    when 'owner_out' then $part$ and t.members_active > 0 and coalesce(u.status, 'active') in ('suspended', 'deleted')$part$
    else '' end;
  if p_statuses is not null then
    v_where := v_where || $part$ and (u.status = any ($14) or ('active' = any ($14) and u.status is null)
      or ('other' = any ($14) and u.status not in ('active', 'suspended', 'deleted')))$part$;
  end if;
  if p_plans is not null then
    v_where := v_where || $part$ and case when u.billing_mode in ('prepaid', 'postpaid', 'free') then u.billing_mode
      when u.billing_mode is null then 'none' else 'other' end = any ($15)$part$;
  end if;
  v_where := v_where
    || case when p_members_least is not null then ' and t.members >= $16' else '' end
    || case when p_members_most is not null then ' and t.members <= $17' else '' end
    || case when p_registered_from is not null then ' and t.created_at >= $20' else '' end
    || case when p_registered_before is not null then ' and t.created_at < $21' else '' end;
  if v_costly then
    -- A team without a cost on record costs neither more nor less.
    v_where := v_where || ' and exists (
      select from console.usage_by_account_month as c where c.account_id = t.account_id and c.month = $12'
      || case when p_cost_over is not null
           then format(' and c.total_cost >%s lower($18)', case when lower_inc(p_cost_over) then '=' end) else '' end
      || case when p_cost_under is not null
           then format(' and c.total_cost <%s upper($19)', case when upper_inc(p_cost_under) then '=' end) else '' end
      || ')';
  end if;
  if p_sort = 'cost' then
    v_sum := ' join console.usage_by_account_month as s on s.account_id = t.account_id and s.month = $12';
  end if;
  if p_after_id is not null and not p_after_null then
    v_after := case when p_descending
      then format(' and %1$s <= %2$s and (%1$s < %2$s or %3$s > $10)', v_key, v_value, v_id)
      else format(' and %1$s >= %2$s and (%1$s > %2$s or %3$s > $10)', v_key, v_value, v_id) end;
  end if;
  if not p_after_null then
    -- Nulls are left out; where they would stand is told as the indexes have it.
    execute 'select array(select ' || v_id || ' from ' || v_from || v_sum || ' where ' || v_where || ' and ' || v_key
      || ' is not null' || v_after || ' order by ' || v_key
      || case when p_sort <> 'cost' then case when p_descending then ' desc' else '' end
              when p_descending then ' desc nulls last' else ' nulls first' end
      || ', ' || v_id || ' limit $11)'
    into v_ids
    using p_pattern, p_text, p_concern, p_sort, p_descending, p_after_null, p_after_number, p_after_text,
      p_after_time, p_after_id, p_limit, p_month, p_month_before, p_statuses, p_plans, p_members_least,
      p_members_most, p_cost_over, p_cost_under, p_registered_from, p_registered_before;
  end if;
  if p_sort <> 'members' and not (p_sort = 'cost' and v_costly) and cardinality(v_ids) < p_limit then
    execute 'select array(select t.account_id from ' || v_from || ' where ' || v_where || ' and ' || case p_sort
        when 'cost' then 'not exists (
          select from console.usage_by_account_month as s
          where s.account_id = t.account_id and s.month = $12 and s.total_cost is not null)'
        else v_key || ' is null' end
      || case when p_after_null then ' and t.account_id > $10' else '' end || ' order by t.account_id limit $11)'
    into v_more
    using p_pattern, p_text, p_concern, p_sort, p_descending, p_after_null, p_after_number, p_after_text,
      p_after_time, p_after_id, p_limit - cardinality(v_ids), p_month, p_month_before, p_statuses, p_plans,
      p_members_least, p_members_most, p_cost_over, p_cost_under, p_registered_from, p_registered_before;
    v_ids := v_ids || v_more;
  end if;

  if p_after_id is null then
    -- As in list_users: many are not counted one by one.
    if num_nonnulls(
      p_pattern, p_statuses, p_plans, p_members_least, p_members_most, p_cost_over, p_cost_under,
      p_registered_from, p_registered_before
    ) = 0 then
      v_over := (
        select k.entries
        from console.lists_counted as k
        where k.list = 'teams' and k.kind = 'concern' and k.value = coalesce(p_concern, '')
      );
      v_over := case when v_over is not null then least(v_over - v_over % 1000, 10000) end;
    end if;
    if cardinality(v_ids) < p_limit then
      v_matching := cardinality(v_ids);
      v_over := null;
    elsif coalesce(v_over, 0) = 0 then
      v_over := 1000;
      execute 'select count(*) from (select from ' || v_from || ' where ' || v_where || ' limit 1001) as c'
      into v_matching
      using p_pattern, p_text, p_concern, p_sort, p_descending, p_after_null, p_after_number, p_after_text,
        p_after_time, p_after_id, p_limit, p_month, p_month_before, p_statuses, p_plans, p_members_least,
        p_members_most, p_cost_over, p_cost_under, p_registered_from, p_registered_before;
      if v_matching <= v_over then
        v_over := null;
      end if;
    end if;
  end if;

  return query
  select
    u.id, u.name, u.email, u.status, u.company, u.billing_mode, t.created_at,
    t.members::bigint, t.members_active::bigint, t.members_suspended::bigint, t.invites_pending::bigint,
    t.invites_expired::bigint,
    s.total_cost, s.cpu_hours, s.gpu_hours, s.storage_gb, s.feature_store_api_calls, s.model_inference_calls,
    b.total_cost, v_matching, v_over
  from unnest(v_ids) with ordinality as p (id, position)
  join console.users as u on u.id = p.id
  join console.team_standing as t on t.account_id = p.id
  left join console.usage_by_account_month as s on s.account_id = p.id and s.month = p_month
  left join console.usage_by_account_month as b on b.account_id = p.id and b.month = p_month_before
  order by p.position
  limit p_limit;
end
$function$;

comment on function console.list_teams is 'A page of the Teams list.';
