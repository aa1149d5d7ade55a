-- Makes or completes the user; attach wrote the function for the columns that this database has.
select console.upsert_registered_user(
  p_id => $1, p_email => $2, p_name => $3, p_ip => $4, p_source => $5, p_created_at => $6
)
