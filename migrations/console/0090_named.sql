-- Who may ask what an id names (attach makes the functions): everybody who reads the screens.

insert into console.functions (name, groups)
select name, array['support', 'finance', 'admin', 'auditor'] from unnest(array['named', 'find_named']) as name;

select console.renew_grants();
