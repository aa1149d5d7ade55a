-- Says whose private keys this program holds: how many recipients there are, how many it is, and what it does not open.
--
-- $1 public keys
select r.recipients, r.held, r.unopened from console.report_keys($1::text[]) as r
