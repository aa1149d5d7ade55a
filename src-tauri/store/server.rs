//! What is at the other end: the server, the service on it, and what our views could not map.

use sqlx::FromRow;

use crate::domain::lacks::Lacks;
use crate::statement;
use crate::store::door::{Reading, Statement};
use crate::store::failure::StoreError;

const SERVER: Statement = statement!("server.sql");
const LACKING: Statement = statement!("lacking.sql");

/// A look at a database.
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a question of its own to the catalogue"
)]
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct Server {
    /// `15.8`.
    pub version: String,
    /// The login in use.
    pub login: String,
    /// The schema `console` is there.
    pub has_console: bool,
    /// Our views and rollups are there, all of them.
    pub has_views: bool,
    /// A table `users` is there.
    pub has_users: bool,
    /// A table that only this service has is there.
    pub has_service: bool,
    /// Tables in `public`.
    pub tables: i64,
}

/// Looks at the database.
///
/// # Errors
/// Whatever the database says.
pub async fn look(reading: &mut Reading) -> Result<Server, StoreError> {
    reading.one(SERVER.rows()).await
}

/// What the canonical views lack on this database, as attach recorded it.
///
/// # Errors
/// Whatever the database says.
pub async fn lacks(reading: &mut Reading) -> Result<Lacks, StoreError> {
    let records: Vec<LackRecord> = reading.all(LACKING.rows()).await?;
    let mapped: Vec<String> = records
        .iter()
        .filter(|record| record.view_is_mapped)
        .map(|record| record.view.clone())
        .collect();
    let columns = records
        .into_iter()
        .map(|record| (record.view, record.column, record.reason));
    Ok(Lacks::collect(columns, &mapped))
}

#[derive(Debug, FromRow)]
struct LackRecord {
    view: String,
    column: String,
    reason: Option<String>,
    view_is_mapped: bool,
}
