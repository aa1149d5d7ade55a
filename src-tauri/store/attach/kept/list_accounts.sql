-- A page of the accounts of one month, from its sums: which, by a small statement put together from what this
-- page asks for, then what each row shows. As in list_users.
--
-- The id breaks ties upwards in both directions, as the index by cost has it. Accounts without a value come
-- last, by id.
create function console.list_accounts(
  p_month date, p_pattern text, p_text text, p_account text, p_sort text, p_descending boolean,
  p_after_null boolean, p_after_number numeric, p_after_id text, p_limit bigint, p_before_first date,
  p_before_last date,
  p_statuses text[], p_plans text[], p_cost_over numrange, p_cost_under numrange, p_cpu_over numrange,
  p_cpu_under numrange, p_gpu_over numrange, p_gpu_under numrange
) returns table (
  id text, name text, email text, status text, company text, plan text, is_known boolean, members bigint,
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
  v_where text := 's.month = $1';
  v_key text := case p_sort
    when 'cpu_hours' then 's.cpu_hours' when 'gpu_hours' then 's.gpu_hours' when 'storage_gb' then 's.storage_gb'
    when 'feature_store_api_calls' then 's.feature_store_api_calls'
    when 'model_inference_calls' then 's.model_inference_calls' else 's.total_cost' end;
  v_after text := '';
  v_ids text[] := '{}';
  v_more text[];
  v_matching bigint;
  v_over bigint;
begin
  if p_account is not null then
    v_where := v_where || ' and s.account_id = $4';
  end if;
  if p_pattern is not null then
    v_where := v_where || ' and (s.account_id = $3 or s.account_id in (
      select u.id from console.users as u where u.name ilike $2 or u.email ilike $2 or u.company ilike $2))';
  end if;
  if p_statuses is not null then
    -- Usage outlives the record of its owner, who then counts as deleted.
    v_where := v_where || $part$ and (exists (
        select from console.users as u
        where u.id = s.account_id and (u.status = any ($13) or ('active' = any ($13) and u.status is null)
          or ('other' = any ($13) and u.status not in ('active', 'suspended', 'deleted')))
      ) or ('deleted' = any ($13) and not exists (select from console.users as u where u.id = s.account_id)))$part$;
  end if;
  if p_plans is not null then
    v_where := v_where || $part$ and exists (
      select from console.users as u
      where u.id = s.account_id and case when u.billing_mode in ('prepaid', 'postpaid', 'free') then u.billing_mode
        when u.billing_mode is null then 'none' else 'other' end = any ($14))$part$;
  end if;
  v_where := v_where
    || case when p_cost_over is not null
         then format(' and s.total_cost >%s lower($15)', case when lower_inc(p_cost_over) then '=' end) else '' end
    || case when p_cost_under is not null
         then format(' and s.total_cost <%s upper($16)', case when upper_inc(p_cost_under) then '=' end) else '' end
    || case when p_cpu_over is not null
         then format(' and s.cpu_hours >%s lower($17)', case when lower_inc(p_cpu_over) then '=' end) else '' end
    || case when p_cpu_under is not null
         then format(' and s.cpu_hours <%s upper($18)', case when upper_inc(p_cpu_under) then '=' end) else '' end
    || case when p_gpu_over is not null
         then format(' and s.gpu_hours >%s lower($19)', case when lower_inc(p_gpu_over) then '=' end) else '' end
    || case when p_gpu_under is not null
         then format(' and s.gpu_hours <%s upper($20)', case when upper_inc(p_gpu_under) then '=' end) else '' end;
  if p_after_id is not null and not p_after_null then
    v_after := case when p_descending
      then format(' and %1$s <= $8 and (%1$s < $8 or s.account_id > $9)', v_key)
      else format(' and %1$s >= $8 and (%1$s > $8 or s.account_id > $9)', v_key) end;
  end if;
  if not p_after_null then
    execute 'select array(select s.account_id from console.usage_by_account_month as s where ' || v_where || ' and '
      || v_key || ' is not null' || v_after || ' order by ' || v_key
      || case when p_descending then ' desc nulls last' else ' nulls first' end || ', s.account_id limit $10)'
    into v_ids
    using p_month, p_pattern, p_text, p_account, p_sort, p_descending, p_after_null, p_after_number, p_after_id,
      p_limit, p_before_first, p_before_last, p_statuses, p_plans, p_cost_over, p_cost_under,
      p_cpu_over, p_cpu_under, p_gpu_over, p_gpu_under;
  end if;
  if cardinality(v_ids) < p_limit then
    execute 'select array(select s.account_id from console.usage_by_account_month as s where ' || v_where || ' and '
      || v_key || ' is null' || case when p_after_null then ' and s.account_id > $9' else '' end
      || ' order by s.account_id limit $10)'
    into v_more
    using p_month, p_pattern, p_text, p_account, p_sort, p_descending, p_after_null, p_after_number, p_after_id,
      p_limit - cardinality(v_ids), p_before_first, p_before_last, p_statuses, p_plans, p_cost_over, p_cost_under,
      p_cpu_over, p_cpu_under, p_gpu_over, p_gpu_under;
    v_ids := v_ids || v_more;
  end if;

  if p_after_id is null and cardinality(v_ids) < p_limit then
    v_matching := cardinality(v_ids);
  elsif p_after_id is null then
    v_over := 1000;
    execute 'select count(*) from (select from console.usage_by_account_month as s where ' || v_where
      || ' limit 1001) as c'
    into v_matching
    using p_month, p_pattern, p_text, p_account, p_sort, p_descending, p_after_null, p_after_number, p_after_id,
      p_limit, p_before_first, p_before_last, p_statuses, p_plans, p_cost_over, p_cost_under,
      p_cpu_over, p_cpu_under, p_gpu_over, p_gpu_under;
    if v_matching <= v_over then
      v_over := null;
    end if;
  end if;

  return query
  select
    p.id, u.name, u.email, u.status, u.company, u.billing_mode, u.id is not null,
    (select t.members::bigint from console.team_standing as t where t.account_id = p.id),
    s.total_cost, s.cpu_hours, s.gpu_hours, s.storage_gb, s.feature_store_api_calls, s.model_inference_calls,
    (select sum(b.total_cost) from console.usage_by_account_month as b
     where b.account_id = p.id and b.month between p_before_first and p_before_last),
    v_matching, v_over
  from unnest(v_ids) with ordinality as p (id, position)
  join console.usage_by_account_month as s on s.account_id = p.id and s.month = p_month
  left join console.users as u on u.id = p.id
  order by p.position
  limit p_limit;
end
$function$;

comment on function console.list_accounts is 'A page of the accounts of one month.';
