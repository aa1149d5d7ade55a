//! Attach on a live database: plan, attach, release.

use crate::store::direct::Direct;
use crate::store::migrate::{MigrateError, MigrationSet, migrate};

/// Brings the console's part of the database up to date.
///
/// # Errors
/// When the console's migrations fail.
pub async fn attach(direct: &mut Direct) -> Result<(), MigrateError> {
    migrate(direct, &[MigrationSet::Console]).await?;
    Ok(())
}
