//! A connection of the pool inside a transaction, given up for good when nothing comes back any more.
//!
//! A network that dies without a word leaves connections that look alive; TCP itself notices after some
//! fifteen minutes (`tcp_retries2`), and a pool that waits for it has a place less until then. sqlx offers no
//! way to set `TCP_USER_TIMEOUT`, and its pool asks a returning connection for a sign of life without an end
//! to its patience. So every wait here has an end, and a connection that kept silent is closed, not returned.

use std::time::Duration;

use sqlx::pool::PoolConnection;
use sqlx::postgres::{PgConnection, PgPool};
use sqlx::{Executor as _, Postgres};
use tokio::time::timeout;

use crate::store::connect;
use crate::store::failure::StoreError;

/// How long `begin` and a sign of life may take: a round trip, however far, and a pooler's queue.
const ROUND_TRIP: Duration = Duration::from_secs(10);

/// How many dead connections of the pool are put aside before one says that the database is away: when a
/// pooler restarts, all of them are dead, and none of them a reason to bother anybody.
const DEAD_CONNECTIONS: usize = 8;

/// A connection inside a transaction; dropped, the transaction is rolled back.
#[derive(Debug)]
pub(in crate::store) struct Borrowed {
    /// `None` only while it is dropped.
    connection: Option<PoolConnection<Postgres>>,
    /// Longest wait for an answer.
    patience: Duration,
    /// The transaction has not ended yet.
    begun: bool,
}

impl Borrowed {
    /// Takes a connection and begins with these words, in one round trip. A connection that turns out to be
    /// dead is replaced by the next: nothing has been said on it yet.
    pub(in crate::store) async fn begin(
        pool: &PgPool,
        begin: &'static str,
        patience: Duration,
    ) -> Result<Self, StoreError> {
        let mut dead = 0;
        loop {
            let mut connection = match pool.acquire().await {
                Ok(connection) => connection,
                Err(error) => return Err(connect::why(pool, error).await),
            };
            // Several commands in one message, as the simple protocol has it.
            let opening = connection.execute(sqlx::raw_sql(begin));
            let error = match timeout(ROUND_TRIP, opening).await {
                Ok(Ok(_)) => {
                    return Ok(Self {
                        connection: Some(connection),
                        patience,
                        begun: true,
                    });
                }
                Ok(Err(error)) => StoreError::from(error),
                Err(_) => silence(),
            };
            connection.close_on_drop();
            dead += 1;
            if dead > DEAD_CONNECTIONS || !error.is_outage() || is_silence(&error) {
                return Err(error);
            }
        }
    }

    /// The connection itself, for a statement.
    pub(in crate::store) fn connection(&mut self) -> Result<&mut PgConnection, StoreError> {
        match &mut self.connection {
            Some(connection) => Ok(connection),
            None => Err(given_up()),
        }
    }

    /// Waits for an answer as long as this transaction is patient.
    pub(in crate::store) fn patience(&self) -> Duration {
        self.patience
    }

    /// Takes an answer; after a silence, or when the connection broke, it is not used again.
    pub(in crate::store) fn settle<T>(
        &mut self,
        answer: Result<Result<T, sqlx::Error>, tokio::time::error::Elapsed>,
    ) -> Result<T, StoreError> {
        match answer {
            Ok(Ok(value)) => Ok(value),
            Ok(Err(error)) => {
                if !matches!(error, sqlx::Error::Database(_)) {
                    self.give_up();
                }
                Err(error.into())
            }
            Err(_) => {
                self.give_up();
                Err(silence())
            }
        }
    }

    /// Commits.
    pub(in crate::store) async fn commit(mut self) -> Result<(), StoreError> {
        let patience = self.patience;
        let ended = self.connection()?.execute(sqlx::raw_sql("commit"));
        let answer = timeout(patience, ended).await;
        self.settle(answer)?;
        self.begun = false;
        Ok(())
    }

    fn give_up(&mut self) {
        if let Some(mut connection) = self.connection.take() {
            // Closed with a farewell that is not waited for long; its place is free then.
            connection.close_on_drop();
        }
    }
}

impl Drop for Borrowed {
    fn drop(&mut self) {
        let Some(mut connection) = self.connection.take() else {
            return;
        };
        let Ok(runtime) = tokio::runtime::Handle::try_current() else {
            return;
        };
        let begun = self.begun;
        // What the pool does with a connection that is dropped, with an end to its patience.
        runtime.spawn(async move {
            let returned = timeout(ROUND_TRIP, async {
                if begun && connection.execute(sqlx::raw_sql("rollback")).await.is_err() {
                    connection.close_on_drop();
                } else {
                    connection.return_to_pool().await;
                }
            });
            if returned.await.is_err() {
                connection.close_on_drop();
                tracing::debug!("a connection that was returned gave no sign of life");
            }
        });
    }
}

/// Nothing came back.
pub(in crate::store) fn silence() -> StoreError {
    StoreError::Unreachable(sqlx::Error::Io(std::io::ErrorKind::TimedOut.into()))
}

pub(in crate::store) fn is_silence(error: &StoreError) -> bool {
    matches!(error, StoreError::Unreachable(sqlx::Error::Io(io)) if io.kind() == std::io::ErrorKind::TimedOut)
}

/// What a statement meets after another one on the same connection met a silence.
fn given_up() -> StoreError {
    StoreError::Unreachable(sqlx::Error::Io(std::io::ErrorKind::NotConnected.into()))
}
