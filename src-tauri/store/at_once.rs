//! A statement that is a transaction of its own.
//!
//! Where sessions are kept, its plan is kept with the session and it takes one round trip. Behind a pooler of transactions
//! it takes four, as the door has it: begin, prepare, run, commit. Which of the two it is is asked ([`pooling`]): a plan that
//! is looked for in another session fails or, worse, is somebody else's.

use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
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
use crate::store::pooling;

/// How long one waits for an answer: longer than the server takes to say that it was too long.
const PATIENCE: Duration = Duration::from_secs(6);

/// How long one waits for a session: all of them are taken, or have fallen silent.
const ACQUIRE: Duration = Duration::from_secs(1);

/// How long a session may take to give a sign of life when it is given back; then it is closed.
const RETURN: Duration = Duration::from_secs(10);

/// After this it is asked again what stands behind the address, where nobody answered.
const ASK_AGAIN: Duration = Duration::from_secs(5);

/// Nobody has asked yet, or what was found may be so no more.
const UNKNOWN: u8 = 0;
/// Somebody asks; until they know, everything goes through the door.
const ASKING: u8 = 1;
/// Sessions are kept.
const KEPT: u8 = 2;
/// They are not.
const SHARED: u8 = 3;

/// Connections whose sessions keep statements, wherever sessions are kept. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Sessions {
    pool: PgPool,
    found: Arc<AtomicU8>,
}

impl Sessions {
    /// A pool of them, with the limits of what a client waits for: 2 s at most for a lock, 5 s for a statement.
    ///
    /// # Errors
    /// When the CA file cannot be read.
    pub fn new(
        address: &DatabaseAddress,
        password: Option<&Secret<String>>,
        connections: u32,
    ) -> Result<Self, StoreError> {
        let pool = connect::pool(address, password, connections)?;
        renew(&pool, address, password)?;
        let found = Arc::new(AtomicU8::new(UNKNOWN));
        Ok(Self { pool, found })
    }

    /// New connections are made with these from now on; those that are there stay.
    ///
    /// # Errors
    /// When the CA file cannot be read.
    pub fn renew(
        &self,
        address: &DatabaseAddress,
        password: Option<&Secret<String>>,
    ) -> Result<(), StoreError> {
        renew(&self.pool, address, password)
    }

    /// Whether sessions are known to be kept. Who is first to want to know has it found out.
    #[must_use]
    pub fn are_kept(&self) -> bool {
        let found = &self.found;
        if found.load(Ordering::Acquire) == UNKNOWN
            && found
                .compare_exchange(UNKNOWN, ASKING, Ordering::AcqRel, Ordering::Relaxed)
                .is_ok()
        {
            tokio::spawn(find_out(self.clone()));
        }
        found.load(Ordering::Acquire) == KEPT
    }

    /// A connection broke: whoever answers next may be somebody else.
    fn doubt(&self) {
        // Only what was kept: somebody may be asking already.
        let _ = self
            .found
            .compare_exchange(KEPT, UNKNOWN, Ordering::AcqRel, Ordering::Relaxed);
    }

    pub(in crate::store) async fn close(&self) {
        self.pool.close().await;
    }
}

async fn find_out(sessions: Sessions) {
    while !sessions.pool.is_closed() {
        match pooling::ask(&sessions.pool.connect_options()).await {
            Ok(kept) => {
                let found = if kept { KEPT } else { SHARED };
                sessions.found.store(found, Ordering::Release);
                if kept {
                    tracing::info!("sessions are kept: an event is stored in one round trip");
                } else {
                    tracing::info!("a pooler of transactions stands before the database");
                }
                return;
            }
            Err(error) => {
                tracing::debug!(error = %error.without_data(), "whether sessions are kept is not known");
                tokio::time::sleep(ASK_AGAIN).await;
            }
        }
    }
}

fn renew(
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
        if let Some(sessions) = self.sessions().filter(|sessions| sessions.are_kept()) {
            match kept(&sessions.pool, query()).await {
                Ok(row) => return Ok(row),
                Err(error) if is_silence(&error) || is_of_the_statement(&error) => {
                    return Err(error);
                }
                // A connection that broke since it was used last, more often than not: the door knows how to go on.
                Err(error) => {
                    if !matches!(error, StoreError::Timeout(_)) {
                        sessions.doubt();
                    }
                }
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
