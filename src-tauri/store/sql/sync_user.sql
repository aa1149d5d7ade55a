-- Somebody signed in: makes or completes the user, counts the sign-in, takes up an invitation.
select console.sync_user(
  p_id => $1::text, p_email => $2::text, p_verified => $3::boolean, p_name => $4::text, p_signed_in_at => $5::timestamptz
) as answer
