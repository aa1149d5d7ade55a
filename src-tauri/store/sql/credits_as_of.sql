-- When the balances of the Credits list were counted.
select max(s.refreshed_at) as as_of from console.rollup_state s where s.rollup = 'credit_standing'
