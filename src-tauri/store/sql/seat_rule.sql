-- When a seat is due, who said so, and how many wait for their first payment.
select
  u.due_on, u.set_by, u.set_at,
  (select count(*) from console.seat_requests as r where r.state = 'waiting' and r.due_at is null) as unpaid
from console.assignment_rules as u
