-- Everything above, given to the groups it is for. Attach does the same again after its views.

insert into console.functions (name, groups) select name, groups from console.actions;

select console.renew_grants();
