-- How the rollups are kept right on a database whose tables are not ours to write.
--
-- refresh_rollups: the last days are read again and compared with what was counted; whatever changed is
-- counted anew from the rows themselves. Credits, teams, seats and figures are counted anew each time, and
-- written where they differ. It costs what the last days and the users cost to read, never the whole
-- history, and whoever calls waits twenty times as long as it took: a twentieth of the time at most.
--
-- check_rollups_*: everything is compared month by month, a transaction each, and mended; that is also
-- the first fill. A row that was written back-dated is found here at the latest, within a day.
--
-- One row lock, of rollup_state's `usage`, lets one of many callers work; it ends with its transaction,
-- so whoever is killed leaves nothing half and nothing locked. Call them under repeatable read: then all
-- rollups are of the same instant.
--
-- The functions read the canonical views by name only when they run: attach may drop and make the views,
-- and while there are none, calling fails and the rollups stay as they were.

alter table console.rollup_state add column check_until timestamptz;

comment on column console.rollup_state.check_until is
  'Until when, by the server''s clock, somebody is taken to be checking; extended with each month.';

insert into console.rollup_state (rollup) values ('usage'), ('credits'), ('teams'), ('seats'), ('figures');

-- What one transaction found changed; empty between transactions. Not temporary tables, which would be
-- made and dropped every few seconds.

create table console.usage_changed (
  day date not null,
  user_id text not null,
  account_id text not null
);

comment on table console.usage_changed is 'Rows of usage that the refresh under way found changed; empty in between.';

create table console.accounts_changed (
  account_id text not null
);

comment on table console.accounts_changed is 'Accounts whose month the refresh under way counts anew; empty in between.';

do $$
declare
  ours text;
  api_role text;
begin
  foreach ours in array array['usage_changed', 'accounts_changed'] loop
    execute format('alter table console.%I enable row level security', ours);
    execute format('revoke all on console.%I from public', ours);
    for api_role in
      select rolname from pg_catalog.pg_roles where rolname in ('anon', 'authenticated', 'service_role')
    loop
      execute format('revoke all on console.%I from %I', ours, api_role);
    end loop;
  end loop;
end
$$;

-- Compares the rows of the last days with what was counted, and remembers what they say now.
create function console.rollups_read_recent(p_from date) returns bigint
language plpgsql
security definer
set search_path = ''
set plan_cache_mode = force_custom_plan
set work_mem = '32MB'
set jit = off
as $function$
declare
  v_changed bigint;
begin
  delete from console.usage_changed;
  -- Grouped, since not every database forbids two rows for one user and day.
  with live as (
    select
      d.date as day, d.user_id, coalesce(d.account_owner_id, d.user_id) as account_id,
      coalesce(d.hopsworks_cluster_id, '') as cluster_id,
      sum(d.total_cost) as total_cost, sum(d.cpu_hours) as cpu_hours, sum(d.gpu_hours) as gpu_hours,
      sum(d.ram_gb_hours) as ram_gb_hours, sum(d.storage_gb) as storage_gb,
      sum(d.network_egress_gb) as network_egress_gb,
      sum(d.feature_store_api_calls) as feature_store_api_calls,
      sum(d.model_inference_calls) as model_inference_calls, sum(d.credits_deducted) as credits_deducted
    from console.usage_daily as d
    where d.date >= p_from and d.user_id is not null
    group by 1, 2, 3, 4
  ),
  changed as materialized (
    select
      coalesce(l.day, r.day) as day, coalesce(l.user_id, r.user_id) as user_id,
      coalesce(l.account_id, r.account_id) as account_id, coalesce(l.cluster_id, r.cluster_id) as cluster_id,
      l.day is null as is_gone,
      l.total_cost, l.cpu_hours, l.gpu_hours, l.ram_gb_hours, l.storage_gb, l.network_egress_gb,
      l.feature_store_api_calls, l.model_inference_calls, l.credits_deducted
    from live as l
    full join (select * from console.usage_recent as c where c.day >= p_from) as r
      on r.user_id = l.user_id and r.day = l.day and r.account_id = l.account_id and r.cluster_id = l.cluster_id
    where l.day is null or r.day is null
      or (
        l.total_cost, l.cpu_hours, l.gpu_hours, l.ram_gb_hours, l.storage_gb, l.network_egress_gb,
        l.feature_store_api_calls, l.model_inference_calls, l.credits_deducted
      ) is distinct from (
        r.total_cost, r.cpu_hours, r.gpu_hours, r.ram_gb_hours, r.storage_gb, r.network_egress_gb,
        r.feature_store_api_calls, r.model_inference_calls, r.credits_deducted
      )
  ),
  gone as (
    delete from console.usage_recent as r
    using changed as c
    where c.is_gone and r.day = c.day and r.user_id = c.user_id and r.account_id = c.account_id
      and r.cluster_id = c.cluster_id
  ),
  put as (
    insert into console.usage_recent as r (
      day, user_id, account_id, cluster_id, total_cost, cpu_hours, gpu_hours, ram_gb_hours, storage_gb,
      network_egress_gb, feature_store_api_calls, model_inference_calls, credits_deducted
    )
    select
      c.day, c.user_id, c.account_id, c.cluster_id, c.total_cost, c.cpu_hours, c.gpu_hours, c.ram_gb_hours,
      c.storage_gb, c.network_egress_gb, c.feature_store_api_calls, c.model_inference_calls, c.credits_deducted
    from changed as c
    where not c.is_gone
    on conflict (day, user_id, account_id, cluster_id) do update set
      total_cost = excluded.total_cost, cpu_hours = excluded.cpu_hours, gpu_hours = excluded.gpu_hours,
      ram_gb_hours = excluded.ram_gb_hours, storage_gb = excluded.storage_gb,
      network_egress_gb = excluded.network_egress_gb,
      feature_store_api_calls = excluded.feature_store_api_calls,
      model_inference_calls = excluded.model_inference_calls, credits_deducted = excluded.credits_deducted
  )
  insert into console.usage_changed (day, user_id, account_id)
  select distinct c.day, c.user_id, c.account_id from changed as c;
  get diagnostics v_changed = row_count;
  return v_changed;
end
$function$;

comment on function console.rollups_read_recent(date) is
  'Internal: finds rows of usage since a day that are not as they were counted; how many.';

-- Counts a month anew: everybody's, or only of those whose rows changed. How many keys were not right.
-- The two share a text, so that they cannot come to differ.
create function console.rollups_count_users(p_month date, p_all boolean) returns bigint
language plpgsql
security definer
set search_path = ''
set work_mem = '32MB'
set jit = off
as $function$
declare
  v_changed bigint;
  v_next date := (p_month + interval '1 month')::date;
  v_who text := $part$
    join (
      select distinct c.user_id from console.usage_changed as c where c.day >= $1 and c.day < $2
    ) as only_these on only_these.user_id = $part$;
begin
  execute format(
    $sql$
    with truth as materialized (
      select
        d.user_id, coalesce(d.account_owner_id, d.user_id) as account_id,
        sum(d.total_cost) as total_cost, sum(d.cpu_hours) as cpu_hours, sum(d.gpu_hours) as gpu_hours,
        sum(d.ram_gb_hours) as ram_gb_hours, sum(d.storage_gb) as storage_gb,
        sum(d.network_egress_gb) as network_egress_gb,
        sum(d.feature_store_api_calls) as feature_store_api_calls,
        sum(d.model_inference_calls) as model_inference_calls, sum(d.credits_deducted) as credits_deducted,
        bit_or(1 << (extract(day from d.date)::integer - 1)) as days_seen,
        max(d.date) as last_day, max(d.date) filter (where d.total_cost > 0) as last_cost_day
      from console.usage_daily as d %s
      where d.date >= $1 and d.date < $2 and d.user_id is not null
      group by 1, 2
    ),
    led as (
      select
        t.*, length(replace(t.days_seen::bit(32)::text, '0', '')) as days,
        sum(t.total_cost) over w as user_cost, t.account_id = max(t.account_id) over w as leads
      from truth as t
      window w as (partition by t.user_id)
    ),
    known as (
      select m.* from console.usage_by_user_month as m %s where m.month = $1
    ),
    gone as (
      delete from console.usage_by_user_month as m
      using (
        select k.user_id, k.account_id from known as k
        where not exists (select from truth as t where t.user_id = k.user_id and t.account_id = k.account_id)
      ) as k
      where m.user_id = k.user_id and m.month = $1 and m.account_id = k.account_id
      returning m.account_id
    ),
    put as (
      insert into console.usage_by_user_month as m (
        user_id, month, account_id, total_cost, cpu_hours, gpu_hours, ram_gb_hours, storage_gb,
        network_egress_gb, feature_store_api_calls, model_inference_calls, credits_deducted,
        days, days_seen, last_day, last_cost_day, user_cost, leads
      )
      select
        l.user_id, $1, l.account_id, l.total_cost, l.cpu_hours, l.gpu_hours, l.ram_gb_hours, l.storage_gb,
        l.network_egress_gb, l.feature_store_api_calls, l.model_inference_calls, l.credits_deducted,
        l.days, l.days_seen, l.last_day, l.last_cost_day, l.user_cost, l.leads
      from led as l
      left join known as k on k.user_id = l.user_id and k.account_id = l.account_id
      where k.user_id is null
        or (
          l.total_cost, l.cpu_hours, l.gpu_hours, l.ram_gb_hours, l.storage_gb, l.network_egress_gb,
          l.feature_store_api_calls, l.model_inference_calls, l.credits_deducted, l.days_seen,
          l.last_cost_day, l.user_cost, l.leads
        ) is distinct from (
          k.total_cost, k.cpu_hours, k.gpu_hours, k.ram_gb_hours, k.storage_gb, k.network_egress_gb,
          k.feature_store_api_calls, k.model_inference_calls, k.credits_deducted, k.days_seen,
          k.last_cost_day, k.user_cost, k.leads
        )
      on conflict (user_id, month, account_id) do update set
        total_cost = excluded.total_cost, cpu_hours = excluded.cpu_hours, gpu_hours = excluded.gpu_hours,
        ram_gb_hours = excluded.ram_gb_hours, storage_gb = excluded.storage_gb,
        network_egress_gb = excluded.network_egress_gb,
        feature_store_api_calls = excluded.feature_store_api_calls,
        model_inference_calls = excluded.model_inference_calls,
        credits_deducted = excluded.credits_deducted, days = excluded.days, days_seen = excluded.days_seen,
        last_day = excluded.last_day, last_cost_day = excluded.last_cost_day,
        user_cost = excluded.user_cost, leads = excluded.leads
      returning m.account_id
    )
    insert into console.accounts_changed (account_id)
    select account_id from gone
    union all
    select account_id from put
    $sql$,
    case when p_all then '' else v_who || 'd.user_id' end,
    case when p_all then '' else v_who || 'm.user_id' end
  ) using p_month, v_next;
  get diagnostics v_changed = row_count;
  return v_changed;
end
$function$;

comment on function console.rollups_count_users(date, boolean) is
  'Internal: counts a month per user anew, of everybody or of whose rows changed; how many keys it changed.';

-- The same per account, from what was just counted per user.
create function console.rollups_count_accounts(p_month date, p_all boolean) returns bigint
language plpgsql
security definer
set search_path = ''
set work_mem = '32MB'
set jit = off
as $function$
declare
  v_changed bigint;
  v_who text := $part$
    join (select distinct c.account_id from console.accounts_changed as c) as only_these
      on only_these.account_id = $part$;
begin
  execute format(
    $sql$
    with truth as materialized (
      select
        m.account_id,
        sum(m.total_cost) as total_cost, sum(m.cpu_hours) as cpu_hours, sum(m.gpu_hours) as gpu_hours,
        sum(m.ram_gb_hours) as ram_gb_hours, sum(m.storage_gb) as storage_gb,
        sum(m.network_egress_gb) as network_egress_gb,
        sum(m.feature_store_api_calls) as feature_store_api_calls,
        sum(m.model_inference_calls) as model_inference_calls, sum(m.credits_deducted) as credits_deducted,
        length(replace(bit_or(m.days_seen)::bit(32)::text, '0', '')) as days, count(*)::integer as people,
        max(m.last_day) as last_day
      from console.usage_by_user_month as m %s
      where m.month = $1
      group by 1
    ),
    known as (
      select m.* from console.usage_by_account_month as m %s where m.month = $1
    ),
    gone as (
      delete from console.usage_by_account_month as m
      using (
        select k.account_id from known as k
        where not exists (select from truth as t where t.account_id = k.account_id)
      ) as k
      where m.account_id = k.account_id and m.month = $1
      returning 1
    ),
    put as (
      insert into console.usage_by_account_month as m (
        account_id, month, total_cost, cpu_hours, gpu_hours, ram_gb_hours, storage_gb, network_egress_gb,
        feature_store_api_calls, model_inference_calls, credits_deducted, days, people, last_day
      )
      select
        t.account_id, $1, t.total_cost, t.cpu_hours, t.gpu_hours, t.ram_gb_hours, t.storage_gb,
        t.network_egress_gb, t.feature_store_api_calls, t.model_inference_calls, t.credits_deducted,
        t.days, t.people, t.last_day
      from truth as t
      left join known as k on k.account_id = t.account_id
      where k.account_id is null
        or (
          t.total_cost, t.cpu_hours, t.gpu_hours, t.ram_gb_hours, t.storage_gb, t.network_egress_gb,
          t.feature_store_api_calls, t.model_inference_calls, t.credits_deducted, t.days, t.people, t.last_day
        ) is distinct from (
          k.total_cost, k.cpu_hours, k.gpu_hours, k.ram_gb_hours, k.storage_gb, k.network_egress_gb,
          k.feature_store_api_calls, k.model_inference_calls, k.credits_deducted, k.days, k.people, k.last_day
        )
      on conflict (account_id, month) do update set
        total_cost = excluded.total_cost, cpu_hours = excluded.cpu_hours, gpu_hours = excluded.gpu_hours,
        ram_gb_hours = excluded.ram_gb_hours, storage_gb = excluded.storage_gb,
        network_egress_gb = excluded.network_egress_gb,
        feature_store_api_calls = excluded.feature_store_api_calls,
        model_inference_calls = excluded.model_inference_calls,
        credits_deducted = excluded.credits_deducted, days = excluded.days, people = excluded.people,
        last_day = excluded.last_day
      returning 1
    )
    select (select count(*) from gone) + (select count(*) from put)
    $sql$,
    case when p_all then '' else v_who || 'm.account_id' end,
    case when p_all then '' else v_who || 'm.account_id' end
  ) into v_changed using p_month;
  return v_changed;
end
$function$;

comment on function console.rollups_count_accounts(date, boolean) is
  'Internal: counts a month per account anew, of all accounts or of the changed; how many keys it changed.';

-- The same per cluster and day: of the days that changed, from what was just read of them, or of a whole
-- month, from the rows.
create function console.rollups_count_days(p_month date, p_all boolean) returns bigint
language plpgsql
security definer
set search_path = ''
set work_mem = '32MB'
set jit = off
as $function$
declare
  v_changed bigint;
  v_next date := (p_month + interval '1 month')::date;
begin
  execute format(
    $sql$
    with truth as materialized (
      select
        d.day, d.cluster_id,
        sum(d.total_cost) as total_cost, sum(d.cpu_hours) as cpu_hours, sum(d.gpu_hours) as gpu_hours,
        sum(d.ram_gb_hours) as ram_gb_hours, sum(d.storage_gb) as storage_gb,
        sum(d.network_egress_gb) as network_egress_gb,
        sum(d.feature_store_api_calls) as feature_store_api_calls,
        sum(d.model_inference_calls) as model_inference_calls, sum(d.credits_deducted) as credits_deducted,
        count(distinct d.user_id)::integer as people
      from %s as d
      group by 1, 2
    ),
    known as (
      select c.* from console.usage_by_cluster_day as c where c.day >= $1 and c.day < $2 %s
    ),
    gone as (
      delete from console.usage_by_cluster_day as c
      using (
        select k.day, k.cluster_id from known as k
        where not exists (select from truth as t where t.day = k.day and t.cluster_id = k.cluster_id)
      ) as k
      where c.day = k.day and c.cluster_id = k.cluster_id
      returning 1
    ),
    put as (
      insert into console.usage_by_cluster_day as c (
        day, cluster_id, total_cost, cpu_hours, gpu_hours, ram_gb_hours, storage_gb, network_egress_gb,
        feature_store_api_calls, model_inference_calls, credits_deducted, people
      )
      select t.*
      from truth as t
      left join known as k on k.day = t.day and k.cluster_id = t.cluster_id
      where k.day is null
        or (
          t.total_cost, t.cpu_hours, t.gpu_hours, t.ram_gb_hours, t.storage_gb, t.network_egress_gb,
          t.feature_store_api_calls, t.model_inference_calls, t.credits_deducted, t.people
        ) is distinct from (
          k.total_cost, k.cpu_hours, k.gpu_hours, k.ram_gb_hours, k.storage_gb, k.network_egress_gb,
          k.feature_store_api_calls, k.model_inference_calls, k.credits_deducted, k.people
        )
      on conflict (day, cluster_id) do update set
        total_cost = excluded.total_cost, cpu_hours = excluded.cpu_hours, gpu_hours = excluded.gpu_hours,
        ram_gb_hours = excluded.ram_gb_hours, storage_gb = excluded.storage_gb,
        network_egress_gb = excluded.network_egress_gb,
        feature_store_api_calls = excluded.feature_store_api_calls,
        model_inference_calls = excluded.model_inference_calls,
        credits_deducted = excluded.credits_deducted, people = excluded.people
      returning 1
    )
    select (select count(*) from gone) + (select count(*) from put)
    $sql$,
    case when p_all then $part$(
      select u.date as day, coalesce(u.hopsworks_cluster_id, '') as cluster_id, u.user_id, u.total_cost,
             u.cpu_hours, u.gpu_hours, u.ram_gb_hours, u.storage_gb, u.network_egress_gb,
             u.feature_store_api_calls, u.model_inference_calls, u.credits_deducted
      from console.usage_daily as u
      where u.date >= $1 and u.date < $2 and u.user_id is not null
    )$part$ else $part$(
      select r.* from console.usage_recent as r
      where r.day in (select c.day from console.usage_changed as c where c.day >= $1 and c.day < $2)
    )$part$ end,
    case when p_all then '' else 'and c.day in (select u.day from console.usage_changed as u)' end
  ) into v_changed using p_month, v_next;
  return v_changed;
end
$function$;

comment on function console.rollups_count_days(date, boolean) is
  'Internal: counts days per cluster anew, a whole month or the changed days; how many keys it changed.';

do $$
declare
  ours text;
  api_role text;
begin
  for ours in
    select p.oid::pg_catalog.regprocedure::text
    from pg_catalog.pg_proc as p
    where p.pronamespace = 'console'::pg_catalog.regnamespace
      and p.proname ~ '^(rollups_|refresh_rollups|check_rollups_)'
  loop
    execute format('revoke all on function %s from public', ours);
    for api_role in
      select rolname from pg_catalog.pg_roles where rolname in ('anon', 'authenticated', 'service_role')
    loop
      execute format('revoke all on function %s from %I', ours, api_role);
    end loop;
  end loop;
end
$$;
