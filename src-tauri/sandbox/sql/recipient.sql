-- Secrets of the sandbox's clusters are sealed to the key in its folder, and to no former one.
--
-- {key}: a public key, which is letters and digits
do $$
begin
  if not exists (select from console.recipients as r where r.public_key = '{key}' and r.removed_at is null) then
    perform console.remove_recipient(r.public_key, 'the sandbox has another key')
    from console.recipients as r where r.name = 'the sandbox' and r.removed_at is null;
    perform console.add_recipient('{key}', 'the sandbox', 'the key in its folder');
  end if;
end
$$;
