-- Records a check that compared every month.
--
-- $1 when it began · $2 how long it took, in milliseconds · $3 keys compared · $4 keys that were wrong
select 1 as ended from console.check_rollups_end($1, $2, $3, $4)
