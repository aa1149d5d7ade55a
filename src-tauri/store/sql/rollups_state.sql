-- When each rollup was refreshed and checked, and what was found.
select s.rollup, s.refreshed_at, s.refresh_ms, s.changed, s.checked_at, s.check_ms, s.checked_rows,
       s.differences, s.note
from console.rollup_state s
order by s.rollup
