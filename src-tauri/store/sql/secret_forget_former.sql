-- Forgets replaced secrets that former recipients open.
--
-- $1 reason
select console.forget_former_secrets($1) as forgotten
