-- The newest console migration that this database has.
select coalesce(max(version), 0) as version from console.migrations_console where success
