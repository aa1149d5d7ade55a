-- How the secrets of clusters are kept.
--
-- $1 cluster; null: all
select
  s.cluster_id, s.cluster_name, s.is_on_record, s.kind, s.there, s.differs, s.recipients, s.missing, s.former,
  s.is_of_staff, s.sealed_by, s.sealed_at, s.older
from console.sealing_of($1) as s
