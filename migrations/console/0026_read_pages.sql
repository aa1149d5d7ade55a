-- Who may ask for the pages whose plans are kept (attach makes their functions), and read what 0025 keeps for
-- them: everybody who reads the screens.

insert into console.readable (relation, groups)
select name, array['support', 'finance', 'admin', 'auditor', 'receiver', 'collector']
from unnest(array['users_concerned', 'lists_counted']) as name;

insert into console.functions (name, groups)
select name, array['support', 'finance', 'admin', 'auditor']
from unnest(array[
  'list_users', 'list_teams', 'list_credits', 'list_invoices', 'list_accounts', 'show_user', 'search'
]) as name;

select console.renew_grants();
