-- Which effects are off, in shadow or live; those of one cluster after what counts everywhere else.
select e.effect, e.cluster_id, e.mode, e.set_by, e.set_at
from console.effects e
order by e.effect, e.cluster_id nulls first
