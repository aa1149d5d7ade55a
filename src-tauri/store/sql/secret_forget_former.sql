-- Forgets replaced secrets that former recipients open.
select console.forget_former_secrets() as forgotten
