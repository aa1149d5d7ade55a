-- How each rollup is kept: refreshed, checked, and what the check found.
select r.rollup, r.refreshed_at, r.refresh_ms, r.changed, r.checked_at, r.check_ms, r.checked_rows,
       r.differences, r.note
from console.rollup_state as r
order by r.rollup
