-- How much waits in each queue, and since when.
select f.queue, f.system, f.state, f.rows, f.oldest_seconds from console.queue_figures($1::timestamptz) as f
