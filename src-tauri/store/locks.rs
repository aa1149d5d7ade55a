//! What readers wait for: tables that another session keeps to itself.

use sqlx::FromRow;
use time::OffsetDateTime;

use crate::statement;
use crate::store::direct::Direct;
use crate::store::door::{Reading, Statement};
use crate::store::failure::StoreError;

const LOCKS: Statement = statement!("locks.sql");
const HOLDERS: Statement = statement!("locks_holders.sql");

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

/// Who is in the way of replacing our views: whoever uses one, or keeps a table of the service to itself; one
/// line a session, the longest first.
///
/// # Errors
/// Whatever the database says.
pub(in crate::store) async fn holders(direct: &mut Direct) -> Result<Vec<HeldTable>, StoreError> {
    direct.all(HOLDERS).await
}
