-- As of when the rollups count; null while one of them was never counted.
select case when count(*) = count(s.refreshed_at) then min(s.refreshed_at) end as as_of
from console.rollup_state s
