-- Who may ask what went back of an invoice (attach makes the function): everybody who reads the screens.

insert into console.functions (name, groups) values ('given_back', '{support,finance,admin,auditor}');

select console.renew_grants();
