-- What the customer of these claims used, by month and by day.
select console.customer_usage($1::text, $2::date, $3::date) as answer
