//! A statement that is a transaction of its own.
//!
//! Where Postgres itself stands behind the address, its plan is kept with the session and it takes one round trip. Behind
//! a pooler it takes four, as the door has it: begin, prepare, run, commit.

use std::time::Duration;

use sqlx::postgres::{PgArguments, PgPool, PgRow};
use sqlx::query::QueryAs;
use sqlx::{FromRow, Postgres};
use tokio::time::timeout;

use crate::config::database::DatabaseAddress;
use crate::secrets::Secret;
use crate::store::borrowed::{is_silence, silence};
use crate::store::connect;
use crate::store::door::Store;
use crate::store::failure::StoreError;

/// How long one waits for an answer: longer than the server takes to say that it was too long.
const PATIENCE: Duration = Duration::from_secs(6);

/// How long one waits for a session: all of them are taken, or have fallen silent.
const ACQUIRE: Duration = Duration::from_secs(1);

/// How long a session may take to give a sign of life when it is given back; then it is closed.
const RETURN: Duration = Duration::from_secs(10);

/// Connections whose sessions keep statements, and the limits of what a client waits for: 2 s at most for a lock, 5 s
/// for a statement.
///
/// # Errors
/// When the CA file cannot be read.
pub fn sessions(
    address: &DatabaseAddress,
    password: Option<&Secret<String>>,
    connections: u32,
) -> Result<PgPool, StoreError> {
    let pool = connect::pool(address, password, connections)?;
    renew(&pool, address, password)?;
    Ok(pool)
}

/// New connections of such a pool are made with these from now on; those that are there stay.
///
/// # Errors
/// When the CA file cannot be read.
pub fn renew(
    pool: &PgPool,
    address: &DatabaseAddress,
    password: Option<&Secret<String>>,
) -> Result<(), StoreError> {
    let options = connect::options(address, password)?
        .statement_cache_capacity(16)
        .options([("lock_timeout", "2s"), ("statement_timeout", "5s")]);
    pool.set_connect_options(options);
    Ok(())
}

impl Store {
    /// Runs a statement in a transaction of its own: after `Ok` it is committed. It answers with one row, and may be
    /// said twice, for where a connection breaks it is said again on another.
    ///
    /// # Errors
    /// Whatever the database says; after a silence it may have happened all the same.
    pub async fn at_once<R>(
        &self,
        query: impl Fn() -> QueryAs<'static, Postgres, R, PgArguments>,
    ) -> Result<R, StoreError>
    where
        R: for<'r> FromRow<'r, PgRow> + Send + Unpin,
    {
        if let Some(sessions) = self.sessions() {
            match kept(sessions, query()).await {
                Ok(row) => return Ok(row),
                Err(error) if is_silence(&error) || is_of_the_statement(&error) => {
                    return Err(error);
                }
                // A connection that broke since it was used last, more often than not, or a pooler that keeps no
                // statements after all: the door knows how to go on.
                Err(_) => {}
            }
        }
        let mut writing = self.write_promptly().await?;
        let row = writing.one(query()).await?;
        writing.commit().await?;
        Ok(row)
    }
}

/// Whether the statement was run, and refused.
fn is_of_the_statement(error: &StoreError) -> bool {
    match error {
        StoreError::Constraint { .. } | StoreError::Declined { .. } => true,
        StoreError::Timeout(source) => !matches!(source, sqlx::Error::PoolTimedOut),
        _ => false,
    }
}

/// In one round trip, where the session knows the statement.
async fn kept<R>(
    sessions: &PgPool,
    query: QueryAs<'static, Postgres, R, PgArguments>,
) -> Result<R, StoreError>
where
    R: for<'r> FromRow<'r, PgRow> + Send + Unpin,
{
    // Whoever waits longer than that finds the door quicker.
    let mut connection = match timeout(ACQUIRE, sessions.acquire()).await {
        Ok(connection) => connection?,
        Err(_) => return Err(StoreError::Timeout(sqlx::Error::PoolTimedOut)),
    };
    let asked = query.persistent(true).fetch_one(&mut *connection);
    let error = match timeout(PATIENCE, asked).await {
        Ok(Ok(row)) => {
            // The pool asks it for a sign of life, without an end to its patience.
            tokio::spawn(timeout(RETURN, async move {
                connection.return_to_pool().await;
            }));
            return Ok(row);
        }
        Ok(Err(error)) => StoreError::from(error),
        Err(_) => silence(),
    };
    if error.is_outage() {
        connection.close_on_drop();
    }
    Err(error)
}
