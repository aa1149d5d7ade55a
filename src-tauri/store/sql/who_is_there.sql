-- Who the database takes this login for, and until when it may write.
select console.whoami()::text as answer
