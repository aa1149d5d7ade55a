-- Members of staff, the active first.
select s.login, s.name, s.sub, s.staff_group, s.active, s.added_at, s.enrolled_at, s.revoked_at, s.code_expires_at
from console.staff_list() s
