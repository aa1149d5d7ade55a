-- Whom secrets of clusters are sealed to, former recipients last.
select r.public_key, r.name, r.added_by, r.added_at, r.removed_at
from console.recipients as r
order by r.removed_at is not null, r.name, r.added_at
