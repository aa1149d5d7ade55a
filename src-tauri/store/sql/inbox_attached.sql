-- Whether the views that effects of events read are there.
select pg_catalog.to_regclass('console.users') is not null as attached
