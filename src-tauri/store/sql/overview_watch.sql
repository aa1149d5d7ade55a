-- How each cluster that is in use was seen last, and what was found wrong there: from what the looks at it have left, so
-- that nobody's rows are gone through. A finding counts as long as what it follows from is known (`open_findings`).
--
-- No row of findings for one that has none; certificates are told apart, by the one that ends first.
select
  k.id, coalesce(nullif(btrim(k.name), ''), k.id) as name, last.taken_at as looked_at, last.capacity_code, last.hopsworks_code,
  known.taken_at as seen_at, coalesce(f.grave, 0)::bigint as grave, coalesce(f.others, 0)::bigint as others,
  f.ending, f.ending_until, waiting.people as waiting, coalesce(k.status, 'active') = 'active' as takes_people,
  (select jsonb_agg(to_jsonb(ahead)) from console.cluster_forecasts as ahead where ahead.cluster_id = k.id) as forecasts
from console.clusters as k
cross join (
  select count(*) as people from console.seat_requests as r
  where r.state = 'waiting' and r.mode = 'live' and r.due_at is not null
) as waiting
left join lateral (
  select s.taken_at, s.capacity_code, s.hopsworks_code from console.cluster_snapshots as s
  where s.cluster_id = k.id order by s.taken_at desc limit 1
) as last on true
left join lateral (
  select s.taken_at from console.cluster_snapshots as s
  where s.cluster_id = k.id and s.nodes is not null order by s.taken_at desc limit 1
) as known on true
left join lateral (
  select
    sum(b.grave) as grave, sum(b.others) as others, min(b.ending) as ending, min(b.ending_until) as ending_until
  from (
    select
      c.basis,
      count(*) filter (where c.severity = 'bad' and c.kind <> 'certificate_ending') as grave,
      count(*) filter (where c.severity <> 'bad' and c.kind <> 'certificate_ending') as others,
      (array_agg(c.subject order by (c.facts ->> 'until')::timestamptz) filter (where c.kind = 'certificate_ending'))[1] as ending,
      min((c.facts ->> 'until')::timestamptz) filter (where c.kind = 'certificate_ending') as ending_until
    from console.cluster_findings as c
    where c.cluster_id = k.id
    group by c.basis
  ) as b
  where case b.basis
    when 'snapshot' then known.taken_at > statement_timestamp() - interval '16 minutes'
    else exists (
      select from console.cluster_readings as r
      where r.cluster_id = k.id and r.kind = b.basis and r.read_at > statement_timestamp() - interval '50 minutes'
    )
  end
) as f on true
where coalesce(k.status, 'active') <> 'inactive'
order by k.name, k.id
