-- When somebody last looked what is wrong; null: nobody ever did.
select r.evaluated_at from console.alert_rounds r
