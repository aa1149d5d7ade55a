-- The sandbox's staff: its owner is an admin, and each group has a login to try things with.
do $$
declare
  member record;
begin
  for member in
    select * from (values
      ('hopsdesk_owner', 'Sandbox admin', 'admin'),
      ('sandbox_support', 'Sandbox support', 'support'),
      ('sandbox_finance', 'Sandbox finance', 'finance'),
      ('sandbox_admin', 'Second sandbox admin', 'admin'),
      ('sandbox_auditor', 'Sandbox auditor', 'auditor')
    ) as m (login, name, staff_group)
  loop
    if not exists (select from console.staff as s where s.login = member.login and s.active) then
      perform console.adopt_staff(member.login, 'auth0|' || member.login, member.name, member.staff_group);
    end if;
  end loop;
end
$$;
