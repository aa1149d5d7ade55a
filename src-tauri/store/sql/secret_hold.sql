-- Holds a secret and the row it stands in until the transaction ends, and reads both.
--
-- $1 cluster · $2 kind
select h.there, h.sealed, h.salt, h.digest from console.hold_secret($1, $2) as h
