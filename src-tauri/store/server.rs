//! What is at the other end: the server, the service on it, and what our views could not map.

use sqlx::FromRow;

use crate::statement;
use crate::store::door::{Reading, Statement};
use crate::store::failure::StoreError;

const SERVER: Statement = statement!("server.sql");
const LACKING: Statement = statement!("lacking.sql");

/// A look at a database.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct Server {
    /// `15.8`.
    pub version: String,
    /// The login in use.
    pub login: String,
    /// The schema `console` is there.
    pub has_console: bool,
    /// Our views are there.
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

/// What a canonical view lacks on this database.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct Lack {
    /// The view, e.g. `invoices`.
    #[sqlx(rename = "view_name")]
    pub view: String,
    /// The column, e.g. `due_at`.
    #[sqlx(rename = "column_name")]
    pub column: String,
    /// Why, as a sentence.
    #[sqlx(default)]
    pub reason: Option<String>,
}

/// Everything that attach recorded as lacking.
///
/// # Errors
/// Whatever the database says.
pub async fn lacks(reading: &mut Reading) -> Result<Vec<Lack>, StoreError> {
    reading.all(LACKING.rows()).await
}
