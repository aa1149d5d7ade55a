-- Has a cluster looked at as soon as a program is free; false: none ever looks at it.
select console.request_snapshot($1::text) as watched
