-- Has an event tried again later whose transaction failed, or gives it up (no time).
select console.put_off_event($1::bigint, $2::integer, $3::timestamptz, $4::text, $5::boolean) as put_off
