-- A page of the Credits list: which accounts, by a small statement put together from what this page asks for,
-- then what each row shows. As in list_users.
--
-- By when they run out there are three stages: who has nothing left (by balance), who runs out on a day, who
-- does not. The kind of the key says at which stage the page before ended. Accounts without a value come
-- last, by id.
create function console.list_credits(
  p_pattern text, p_text text, p_low boolean, p_negative boolean, p_prepaid boolean, p_sort text, p_descending boolean,
  p_after_null boolean, p_after_number numeric, p_after_date date, p_after_text text, p_after_time timestamptz,
  p_after_id text, p_limit bigint,
  p_out boolean, p_statuses text[], p_plans text[], p_balance_over numrange, p_balance_under numrange,
  p_paid_over numrange, p_paid_under numrange, p_free_over numrange, p_free_under numrange, p_runs_out_from date,
  p_runs_out_before date, p_never_out boolean, p_bought_from timestamptz, p_bought_before timestamptz,
  p_never_bought boolean
) returns table (
  id text, name text, email text, company text, status text, billing_mode text, paid_left numeric,
  free_left numeric, balance numeric, spent_14_days numeric, per_day numeric, runs_out_on date, low boolean,
  last_purchase_at timestamptz, matching_rows bigint, matching_over bigint
)
language plpgsql
stable
set search_path = ''
set plan_cache_mode = force_generic_plan
as $function$
#variable_conflict use_column
declare
  v_from text := 'console.credit_standing as s';
  v_where text := 'true';
  v_sense text := case when p_descending then ' desc' else '' end;
  v_than text := case when p_descending then ' < ' else ' > ' end;
  -- Each stage: who is in it, by what key, which parameter holds it, and whether it is over by now.
  v_stages text[][];
  v_stage text[];
  v_id text;
  v_ids text[] := '{}';
  v_more text[];
  v_matching bigint;
  v_over bigint;
begin
  if p_pattern is not null or p_statuses is not null or p_sort = 'name' then
    v_from := v_from || ' left join console.users as u on u.id = s.account_id';
  end if;
  if p_pattern is not null then
    v_where := v_where || ' and (u.email ilike $1 or u.name ilike $1 or u.company ilike $1 or s.account_id = $2)';
  end if;
  if p_low then
    v_where := v_where || ' and s.low';
  end if;
  if p_negative then
    v_where := v_where || ' and s.balance < 0';
  end if;
  if p_prepaid then
    v_where := v_where || $part$ and s.billing_mode = 'prepaid'$part$;
  end if;
  if p_statuses is not null then
    v_where := v_where || $part$ and (u.status = any ($16) or ('active' = any ($16) and u.status is null)
      or ('other' = any ($16) and u.status not in ('active', 'suspended', 'deleted')))$part$;
  end if;
  if p_plans is not null then
    v_where := v_where || $part$ and case when s.billing_mode in ('prepaid', 'postpaid', 'free') then s.billing_mode
      when s.billing_mode is null then 'none' else 'other' end = any ($17)$part$;
  end if;
  v_where := v_where
    || case when p_out then ' and s.balance <= 0' else '' end
    || case when p_balance_over is not null
         then format(' and s.balance >%s lower($18)', case when lower_inc(p_balance_over) then '=' end) else '' end
    || case when p_balance_under is not null
         then format(' and s.balance <%s upper($19)', case when upper_inc(p_balance_under) then '=' end) else '' end
    || case when p_paid_over is not null
         then format(' and s.paid_left >%s lower($20)', case when lower_inc(p_paid_over) then '=' end) else '' end
    || case when p_paid_under is not null
         then format(' and s.paid_left <%s upper($21)', case when upper_inc(p_paid_under) then '=' end) else '' end
    || case when p_free_over is not null
         then format(' and s.free_left >%s lower($22)', case when lower_inc(p_free_over) then '=' end) else '' end
    || case when p_free_under is not null
         then format(' and s.free_left <%s upper($23)', case when upper_inc(p_free_under) then '=' end) else '' end
    || case when p_runs_out_from is not null then ' and s.balance > 0 and s.runs_out_on >= $24' else '' end
    || case when p_runs_out_before is not null then ' and s.balance > 0 and s.runs_out_on < $25' else '' end
    || case when p_never_out then ' and s.balance > 0 and s.runs_out_on is null' else '' end
    || case when p_bought_from is not null then ' and s.last_purchase_at >= $27' else '' end
    || case when p_bought_before is not null then ' and s.last_purchase_at < $28' else '' end
    || case when p_never_bought then ' and s.last_purchase_at is null' else '' end;

  v_stages := case p_sort
    when 'runs_out' then case when p_descending then array[
        ['s.balance > 0 and s.runs_out_on is not null', 's.runs_out_on', '$10', (p_after_number is null)::text],
        ['s.balance <= 0', 's.balance', '$9', 'true']
      ] else array[
        ['s.balance <= 0', 's.balance', '$9', (p_after_date is null)::text],
        ['s.balance > 0 and s.runs_out_on is not null', 's.runs_out_on', '$10', 'true']
      ] end
    when 'balance' then array[['true', 's.balance', '$9', 'true']]
    when 'name' then array[['u.name is not null', 'u.name', '$11', 'true']]
    else array[['s.last_purchase_at is not null', 's.last_purchase_at', '$12', 'true']] end;
  foreach v_stage slice 1 in array v_stages loop
    continue when p_after_null or not v_stage[4]::boolean or cardinality(v_ids) >= p_limit;
    v_id := case when p_sort = 'name' then 'u.id' else 's.account_id' end;
    execute 'select array(select s.account_id from ' || case when p_sort = 'name' then
          'console.users as u join console.credit_standing as s on s.account_id = u.id' else v_from end
      || ' where ' || v_where || ' and ' || v_stage[1]
      || case
           when p_after_id is null then ''
           -- The page before ended in an earlier stage.
           when (v_stage[3] = '$9' and p_after_number is null) or (v_stage[3] = '$10' and p_after_date is null) then ''
           else ' and (' || v_stage[2] || ', ' || v_id || ')' || v_than || '(' || v_stage[3] || ', $13)' end
      || ' order by ' || v_stage[2] || v_sense || ', ' || v_id || v_sense || ' limit $14)'
    into v_more
    using p_pattern, p_text, p_low, p_negative, p_prepaid, p_sort, p_descending, p_after_null, p_after_number,
      p_after_date, p_after_text, p_after_time, p_after_id, p_limit - cardinality(v_ids), p_out, p_statuses,
      p_plans, p_balance_over, p_balance_under, p_paid_over, p_paid_under, p_free_over, p_free_under,
      p_runs_out_from, p_runs_out_before, p_never_out, p_bought_from, p_bought_before, p_never_bought;
    v_ids := v_ids || v_more;
  end loop;
  if p_sort <> 'balance' and cardinality(v_ids) < p_limit then
    execute 'select array(select s.account_id from ' || v_from || ' where ' || v_where || ' and ' || case p_sort
        when 'runs_out' then 's.balance > 0 and s.runs_out_on is null'
        when 'name' then 'u.name is null'
        else 's.last_purchase_at is null' end
      || case when p_after_null then ' and s.account_id > $13' else '' end || ' order by s.account_id limit $14)'
    into v_more
    using p_pattern, p_text, p_low, p_negative, p_prepaid, p_sort, p_descending, p_after_null, p_after_number,
      p_after_date, p_after_text, p_after_time, p_after_id, p_limit - cardinality(v_ids), p_out, p_statuses,
      p_plans, p_balance_over, p_balance_under, p_paid_over, p_paid_under, p_free_over, p_free_under,
      p_runs_out_from, p_runs_out_before, p_never_out, p_bought_from, p_bought_before, p_never_bought;
    v_ids := v_ids || v_more;
  end if;

  if p_after_id is null then
    -- As in list_users: many are not counted one by one.
    if p_low::integer + p_negative::integer + p_prepaid::integer < 2 and num_nonnulls(
      p_pattern, nullif(p_out, false), p_statuses, p_plans, p_balance_over, p_balance_under, p_paid_over,
      p_paid_under, p_free_over, p_free_under, p_runs_out_from, p_runs_out_before, nullif(p_never_out, false),
      p_bought_from, p_bought_before, nullif(p_never_bought, false)
    ) = 0 then
      v_over := (
        select k.entries
        from console.lists_counted as k
        where k.list = 'credits' and k.kind = 'filter'
          and k.value = case when p_low then 'low' when p_negative then 'negative' when p_prepaid then 'prepaid' else '' end
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
      using p_pattern, p_text, p_low, p_negative, p_prepaid, p_sort, p_descending, p_after_null, p_after_number,
        p_after_date, p_after_text, p_after_time, p_after_id, p_limit, p_out, p_statuses, p_plans, p_balance_over,
        p_balance_under, p_paid_over, p_paid_under, p_free_over, p_free_under, p_runs_out_from, p_runs_out_before,
        p_never_out, p_bought_from, p_bought_before, p_never_bought;
      if v_matching <= v_over then
        v_over := null;
      end if;
    end if;
  end if;

  return query
  select
    s.account_id, u.name, u.email, u.company, u.status, s.billing_mode, s.paid_left, s.free_left, s.balance,
    s.spent_14_days, s.per_day, s.runs_out_on, s.low, s.last_purchase_at, v_matching, v_over
  from unnest(v_ids) with ordinality as p (id, position)
  join console.credit_standing as s on s.account_id = p.id
  left join console.users as u on u.id = p.id
  order by p.position
  limit p_limit;
end
$function$;

comment on function console.list_credits is 'A page of the Credits list.';
