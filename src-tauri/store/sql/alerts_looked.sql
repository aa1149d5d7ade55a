-- When somebody last looked what is wrong (null: nobody ever did), and what time it is: one clock tells both.
select r.looked_at, clock_timestamp() as read_at from console.alert_rounds r
