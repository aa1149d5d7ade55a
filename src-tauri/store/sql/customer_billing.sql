-- What the customer of these claims owes and has.
select console.customer_billing($1::text, $2::date) as answer
