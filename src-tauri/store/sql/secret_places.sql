-- Where the secrets of clusters stand in the service's own table, and why they cannot be sealed there.
--
-- $1 somebody said that nothing but Hopsdesk reads them there
select s.cluster_id, s.kind, p.place, p.why
from console.sealing_of(null) as s
cross join lateral console.secret_place(s.cluster_id, s.kind, $1::boolean) as p
where s.is_on_record
