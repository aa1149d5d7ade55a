-- The attachment of this database.
select a.hopsdesk_version as version, a.attached_at from console.attachment as a
