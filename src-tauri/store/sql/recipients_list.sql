-- Whom secrets of clusters are sealed to, former recipients last.
select r.public_key, r.name, r.added_by, r.added_at, r.removed_at, h.seen_at as held_at
from console.recipients as r
left join console.keys_held as h on h.public_key = r.public_key
order by r.removed_at is not null, r.name, r.added_at
