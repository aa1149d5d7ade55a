-- What is wrong with the seats of a cluster by what is on record, as it was counted with the rollups.
--
-- $1 cluster id
--
-- A cluster without a row has nothing wrong, once seats were counted; before that it is not known.
select
  counted.yes as counted,
  coalesce(f.two_clusters, 0)::bigint as two_clusters, coalesce(f.nobody, 0)::bigint as nobody,
  coalesce(f.no_hopsworks_user, 0)::bigint as no_hopsworks_user, coalesce(f.idle, 0)::bigint as idle,
  coalesce(f.without_seat, 0)::bigint as without_seat, f.day, f.strangers as stranger_ids,
  (select array_agg(coalesce(nullif(btrim(u.name), ''), u.email) order by s.place)
   from unnest(f.strangers) with ordinality as s (user_id, place)
   left join console.users as u on u.id = s.user_id) as stranger_names
from (
  select coalesce(bool_or(r.refreshed_at is not null), false) as yes from console.rollup_state as r where r.rollup = 'seats'
) as counted
left join console.seat_findings as f on f.cluster_id = $1
