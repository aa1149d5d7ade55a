-- One bulk: its entries, the latest first, and which of them were taken back.
--
-- $1 key of the bulk · $2 login that did it · $3 how many
select e.id, coalesce(e.label, e.subject, e.kind) as name, e.undone_by is not null as undone
from console.audit_entries as e
where e.run = $1 and e.login = $2 and e.chain = 'staff'
order by e.id desc
limit $3
