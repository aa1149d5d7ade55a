-- Why attach could not make the function that registrations become users through; no row: it did.
select reason
from console.attached_functions
where function_name = 'upsert_registered_user' and not generated
