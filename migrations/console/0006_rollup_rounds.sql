-- What the programs call when they compare everything. The round that brings the rollups up to date, and the
-- check of one month, need what 0024 and 0025 keep and stand there. Each lets one caller work and tells the
-- others why they need not.

create function console.rollups_note_refresh(
  p_rollup text, p_now timestamptz, p_since timestamptz, p_changed bigint
) returns void
language sql
security definer
set search_path = ''
as $function$
  update console.rollup_state as s
  set refreshed_at = p_now, changed = p_changed,
      refresh_ms = (extract(epoch from clock_timestamp() - p_since) * 1000)::bigint
  where s.rollup = p_rollup;
$function$;

comment on function console.rollups_note_refresh(text, timestamptz, timestamptz, bigint) is
  'Internal: records what a refresh did, and how long it took.';

create function console.check_rollups_begin(p_now timestamptz, p_force boolean, out outcome text, out months date[])
language plpgsql
security definer
set search_path = ''
set work_mem = '32MB'
set jit = off
as $function$
declare
  v_state console.rollup_state;
  -- At night where nights are: a service's usage of the day before is written by then.
  v_night timestamptz := date_trunc('day', p_now, 'UTC') + interval '2 hours';
begin
  select s.* into v_state from console.rollup_state as s where s.rollup = 'usage' for update skip locked;
  if not found or v_state.check_until > clock_timestamp() then
    outcome := 'busy';
    return;
  end if;
  if not p_force and v_state.refreshed_at is not null
    and (v_state.checked_at >= v_night or p_now < v_night and v_state.checked_at >= v_night - interval '1 day') then
    outcome := 'not_due';
    return;
  end if;
  if v_state.refreshed_at is null then
    -- What is read now is what the first refresh will compare with.
    perform console.rollups_read_recent((p_now at time zone 'UTC')::date - 2);
    delete from console.usage_changed;
  end if;
  months := array(
    select date_trunc('month', d.date)::date from console.usage_daily as d
    where d.date is not null and d.user_id is not null
    union
    select m.month from console.usage_by_user_month as m
    union
    select m.month from console.usage_by_account_month as m
    union
    select date_trunc('month', c.day)::date from console.usage_by_cluster_day as c
    order by 1 desc
  );
  update console.rollup_state as s
  set check_until = clock_timestamp() + interval '15 minutes'
  where s.rollup = 'usage';
  outcome := 'begun';
end
$function$;

comment on function console.check_rollups_begin(timestamptz, boolean) is
  'Begins to compare everything, or to fill the rollups for the first time: which months there are.';

create function console.check_rollups_end(
  p_now timestamptz, p_took_ms bigint, p_compared bigint, p_differences bigint
) returns void
language sql
security definer
set search_path = ''
as $function$
  update console.rollup_state as s
  set refreshed_at = coalesce(s.refreshed_at, p_now), checked_at = p_now, check_ms = p_took_ms,
      checked_rows = p_compared,
      -- Everything is missing before the first fill: that is no difference.
      differences = case when s.refreshed_at is null then 0 else p_differences end,
      check_until = null
  where s.rollup = 'usage';
$function$;

comment on function console.check_rollups_end(timestamptz, bigint, bigint, bigint) is
  'Records a check that compared every month; p_now is when it began.';

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
