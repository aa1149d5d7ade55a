-- What a cluster's OpenCost said last of all of it together, and why it said nothing when it was asked last.
--
-- $1 cluster
select r.read_at, r.covers_from, r.covers_until, r.cost_total, r.cost_idle, coalesce(r.unread, 0) as unread, r.code, r.failure
from console.cluster_readings as r
where r.cluster_id = $1 and r.kind = 'costs'
