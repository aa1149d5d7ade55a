-- Clusters by what was seen of their Kubernetes last, where that was within the last hour: whose it is, and what this
-- one's was. Who is retired may come back under another name.
--
-- $1 the Kubernetes' uid · $2 the cluster that it is said to be; null: one that is not on record yet · $3 now
select coalesce(k.name, k.id) as name, s.kubernetes_uid = $1 as is_its
from console.clusters as k
cross join lateral (
  select l.kubernetes_uid, l.taken_at from console.cluster_snapshots as l
  where l.cluster_id = k.id and l.nodes is not null order by l.taken_at desc limit 1
) as s
where
  s.taken_at > $3::timestamptz - interval '1 hour'
  and case
    when k.id is not distinct from $2 then s.kubernetes_uid <> $1
    else s.kubernetes_uid = $1 and k.status is distinct from 'inactive'
  end
order by is_its desc, k.name limit 1
