-- Switches an effect.
--
-- $1 effect · $2 cluster, null: everywhere it is not said otherwise · $3 mode · $4 reason
select s.said ->> 'before' as before
from (select console.set_effect($1, $2, $3, $4) as said) s
