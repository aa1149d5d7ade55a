//! What the database says of itself and of the login that asks.

use sqlx::FromRow;
use time::OffsetDateTime;

use crate::statement;
use crate::store::door::Store;
use crate::store::failure::StoreError;

/// What was found.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct Found {
    /// Who asks.
    pub login: String,
    /// It may do anything.
    pub superuser: bool,
    /// It owns the schema `console`.
    pub owner: bool,
    /// Postgres, as `170002`.
    pub version: i32,
    /// The database's clock.
    pub now: OffsetDateTime,
    /// Functions that `serve` calls and this login may not.
    pub denied: Vec<String>,
    /// The service's own functions that anybody may call, and that act with their owner's rights.
    pub open_functions: Vec<String>,
    /// What the inbox takes on disk, indexes included.
    pub inbox_bytes: i64,
    /// What the whole database does.
    pub database_bytes: i64,
    /// Where its files are, on the machine it runs on; none where the login may not know.
    pub folder: Option<String>,
}

/// Asks.
///
/// # Errors
/// Whatever the database says.
pub async fn examine(store: &Store) -> Result<Found, StoreError> {
    let mut reading = store.read().await?;
    let found = reading.one(statement!("doctor.sql").rows()).await?;
    reading.end().await?;
    Ok(found)
}

/// Which server it is, among all that there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, FromRow)]
pub struct Server {
    /// Of its data, from `initdb` on; a replica has its primary's.
    pub identifier: i64,
    /// When it was started.
    pub started: OffsetDateTime,
}

/// Asks which server it is.
///
/// # Errors
/// Whatever the database says: not every login may know everywhere.
pub async fn identify(store: &Store) -> Result<Server, StoreError> {
    let mut reading = store.read().await?;
    let server = reading.one(statement!("doctor_server.sql").rows()).await?;
    reading.end().await?;
    Ok(server)
}
