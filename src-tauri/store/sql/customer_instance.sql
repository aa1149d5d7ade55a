-- Where the customer of these claims works.
select console.customer_instance($1::text) as answer
