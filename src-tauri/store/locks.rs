//! What readers wait for: tables that another session keeps to itself.

use sqlx::FromRow;
use time::OffsetDateTime;

use crate::statement;
use crate::store::door::{Reading, Statement};
use crate::store::failure::StoreError;

const LOCKS: Statement = statement!("locks.sql");

/// A table that nobody else may read now.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct HeldTable {
    /// Its name.
    #[sqlx(rename = "table_name")]
    pub table: String,
    /// The session's process on the server.
    pub pid: Option<i32>,
    /// Who holds it, where our login may know.
    pub login: Option<String>,
    /// With which program, likewise.
    pub program: Option<String>,
    /// Since when its transaction runs, by the server's clock.
    pub since: Option<OffsetDateTime>,
}

/// The tables held now, the longest first.
///
/// # Errors
/// Whatever the database says.
pub async fn held(reading: &mut Reading) -> Result<Vec<HeldTable>, StoreError> {
    reading.all(LOCKS.rows()).await
}
