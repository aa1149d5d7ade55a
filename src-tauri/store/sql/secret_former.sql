-- What was replaced and can come back.
select f.cluster_id, f.kind, f.sealed_by, f.sealed_at, f.replaced_by, f.replaced_at
from console.former_secrets_of(null) as f
