-- Where each chain of the audit trail ends.
select h.chain, h.seq, h.hash from console.audit_head() as h
