-- How far reading back came.
select console.note_read_back(
  $1, $2::uuid, $3::timestamptz, $4::jsonb, $5::timestamptz, $6::bigint, $7, $8::timestamptz
) as ours
