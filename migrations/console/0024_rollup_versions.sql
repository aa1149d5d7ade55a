-- A refresh need not count what nobody wrote to. Most refreshes find most tables as they were, and reading
-- every account to find that out cost a large service a minute each time.
--
-- What a table holds is told by the versions of its rows: a row that is written again, in whatever way, is
-- another version, of another transaction and in another place, and a row that is deleted is none. So the
-- number of versions that can be seen, with the sum of a 64-bit hash over place and transaction of each, stays
-- the same only while the rows do. That is a reading of the table without its columns. Counters of the server
-- (pg_stat) would be cheaper and are not used: they arrive late, and are lost when it crashes.

alter table console.rollup_state add column counted_from text;

comment on column console.rollup_state.counted_from is
  'Versions of the rows it was counted from, and what else decided on it; null: not known, it is counted again.';

-- The tables below a canonical view, if they are of the kind whose versions can be told; else none.
create function console.rollups_tables(p_view text) returns oid[]
language sql
stable
security definer
set search_path = ''
as $function$
  select case when bool_and(
      c.relkind = 'r' and m.amname = 'heap'
      -- Who may read some columns of a table may not read the versions of its rows.
      and pg_catalog.has_table_privilege(c.oid, 'select')
      and not exists (select from pg_catalog.pg_inherits as i where i.inhparent = c.oid)
    ) then array_agg(c.oid order by c.oid) end
  from (
    select distinct d.refobjid
    from pg_catalog.pg_depend as d
    join pg_catalog.pg_rewrite as r on r.oid = d.objid
    where d.classid = 'pg_catalog.pg_rewrite'::pg_catalog.regclass
      and d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass
      and r.ev_class = pg_catalog.to_regclass('console.' || p_view) and d.refobjid <> r.ev_class
  ) as below
  join pg_catalog.pg_class as c on c.oid = below.refobjid
  left join pg_catalog.pg_am as m on m.oid = c.relam;
$function$;

comment on function console.rollups_tables(text) is
  'Internal: the tables that a canonical view is made from; null where one of them does not tell versions.';

create function console.rollups_versions(p_view text) returns text
language plpgsql
security definer
set search_path = ''
set jit = off
as $function$
declare
  -- A view that attach makes anew may read the same rows otherwise.
  v_versions text := pg_catalog.to_regclass('console.' || p_view)::oid::text;
  v_tables oid[] := console.rollups_tables(p_view);
  v_base bigint := pg_catalog.pg_current_xact_id()::text::bigint;
  v_table oid;
  v_one text;
begin
  if v_tables is null and v_versions is not null then
    -- A view without tables is empty, and stays so; any other we cannot tell.
    if not exists (
      select from pg_catalog.pg_depend as d
      join pg_catalog.pg_rewrite as r on r.oid = d.objid
      where d.classid = 'pg_catalog.pg_rewrite'::pg_catalog.regclass
        and d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass
        and r.ev_class = v_versions::oid and d.refobjid <> r.ev_class
    ) then
      return v_versions;
    end if;
    return null;
  end if;
  foreach v_table in array v_tables loop
    execute format(
      $sql$select count(*) || ':' || coalesce(sum(hashtidextended(t.ctid, $1 - age(t.xmin))), 0) from %s as t$sql$,
      v_table::pg_catalog.regclass
    ) into v_one using v_base;
    v_versions := v_versions || ' ' || v_table || ':' || v_one;
  end loop;
  return v_versions;
end
$function$;

comment on function console.rollups_versions(text) is
  'Internal: stays the same as long as the tables below a canonical view hold the same rows; null: cannot be told.';

-- The same for the days of usage since p_from, each by itself: an object of day to versions.
create function console.rollups_versions_of_days(p_from date) returns jsonb
language plpgsql
security definer
set search_path = ''
set jit = off
as $function$
declare
  v_tables oid[] := console.rollups_tables('usage_daily');
  v_view text := pg_catalog.to_regclass('console.usage_daily')::oid::text;
  v_column text;
  v_days jsonb;
begin
  if cardinality(v_tables) is distinct from 1 then
    return null;
  end if;
  -- The live column of days, where it is one and no expression.
  select a.attname into v_column
  from console.attached_columns as c
  join pg_catalog.pg_class as t on t.oid = v_tables[1]
  join pg_catalog.pg_attribute as a
    on a.attrelid = t.oid and c.source = t.relname || '.' || a.attname
    and a.atttypid = 'pg_catalog.date'::pg_catalog.regtype and not a.attisdropped
  where c.view_name = 'usage_daily' and c.column_name = 'date';
  if v_column is null then
    return null;
  end if;
  execute format(
    $sql$
    select coalesce(jsonb_object_agg(d.day, $3 || ':' || d.versions), '{}')
    from (
      select t.%1$I as day, count(*) || ':' || sum(hashtidextended(t.ctid, $1 - age(t.xmin))) as versions
      from %2$s as t
      where t.%1$I >= $2 and t.%1$I <= '9999-12-31'
      group by 1
    ) as d
    $sql$,
    v_column, v_tables[1]::pg_catalog.regclass
  ) into v_days using pg_catalog.pg_current_xact_id()::text::bigint, p_from, v_view;
  return v_days;
end
$function$;

comment on function console.rollups_versions_of_days(date) is
  'Internal: versions of the rows of usage of each day since p_from; null: cannot be told.';

-- Everything that follows from rows of usage that changed since a day.
create function console.rollups_refresh_usage(p_now timestamptz) returns bigint
language plpgsql
security definer
set search_path = ''
as $function$
declare
  v_today date := (p_now at time zone 'UTC')::date;
  v_from date;
  v_month date;
  v_counted jsonb;
  v_days jsonb;
  v_changed bigint := 0;
begin
  -- Days since the last refresh, and two more: a day's rows are still written after it.
  select least((s.refreshed_at at time zone 'UTC')::date, v_today) - 2, s.counted_from::jsonb
  into v_from, v_counted
  from console.rollup_state as s where s.rollup = 'usage';
  v_days := console.rollups_versions_of_days(v_from);
  -- The first of these days on which anything was written since, and what follows it. Of days before v_from
  -- nothing is known any more: their rows are not kept.
  if v_days is not null and v_counted is not null then
    select min(coalesce(l.key, c.key)::date) into v_from
    from jsonb_each_text(v_days) as l
    full join (select * from jsonb_each_text(v_counted) as k where k.key::date >= v_from) as c on c.key = l.key
    where l.value is distinct from c.value;
  end if;
  if v_from is not null and console.rollups_read_recent(v_from) > 0 then
    for v_month in
      select distinct date_trunc('month', c.day)::date from console.usage_changed as c
    loop
      delete from console.accounts_changed;
      v_changed := v_changed + console.rollups_count_users(v_month, false);
      v_changed := v_changed + console.rollups_count_accounts(v_month, false);
      v_changed := v_changed + console.rollups_count_days(v_month, false);
    end loop;
    -- A pace is of whole days: what was written of today does not change it.
    update console.credit_standing as s
    set pace_day = s.pace_day - 1
    where s.account_id in (select c.account_id from console.usage_changed as c where c.day < v_today);
    -- Paces to measure, and who was seen active.
    update console.rollup_state as s set counted_from = null where s.rollup in ('credits', 'figures');
    delete from console.accounts_changed;
    delete from console.usage_changed;
  end if;
  delete from console.usage_recent as r where r.day < v_today - 2;
  update console.rollup_state as s set counted_from = v_days::text where s.rollup = 'usage';
  return v_changed;
end
$function$;

comment on function console.rollups_refresh_usage(timestamptz) is
  'Internal: counts into the months and days what changed in the last days; how many keys it changed.';
