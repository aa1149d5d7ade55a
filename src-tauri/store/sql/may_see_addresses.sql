-- Whether this login may see from which addresses customers come.
select console.may_see_addresses() as may
