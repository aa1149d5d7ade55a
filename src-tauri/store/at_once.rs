//! A statement that is a transaction of its own.
//!
//! Where sessions are kept, its plan is kept with the session, and it takes one round trip. Behind a pooler of transactions
//! it takes four, as the door has it: begin, prepare, run, commit. The address does not tell which of the two it is, so the
//! server is asked ([`pooling`]): a plan that is looked for in another session is not found there, or is somebody else's.

use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use sqlx::postgres::{PgArguments, PgConnectOptions, PgRow};
use sqlx::query::QueryAs;
use sqlx::{ConnectOptions as _, Connection as _, FromRow, Postgres};
use tokio::time::timeout;

use crate::config::database::DatabaseAddress;
use crate::secrets::Secret;
use crate::store::at_hand::AtHand;
use crate::store::borrowed::{is_silence, silence};
use crate::store::connect;
use crate::store::door::Store;
use crate::store::failure::StoreError;
use crate::store::pooling;

/// How long one waits for an answer: longer than the server takes to say that it was too long.
const PATIENCE: Duration = Duration::from_secs(6);

/// How long one waits for a session: all of them are taken, or have fallen silent.
const ACQUIRE: Duration = Duration::from_secs(1);

/// After this it is asked again what stands behind the address, where nobody answered; twice as long each time.
const ASK_AGAIN: Duration = Duration::from_secs(5);

/// And no longer than this.
const ASK_AT_LATEST: Duration = Duration::from_secs(320);

/// `protocol_violation`: `PgBouncer` knows no such startup parameter.
const UNSUPPORTED: &str = "08P01";

/// Nobody has asked yet, or what was found may be so no more.
const UNKNOWN: u8 = 0;
/// Somebody asks; until they know, everything goes through the door.
const ASKING: u8 = 1;
/// Sessions are kept.
const KEPT: u8 = 2;
/// They are not, or not for connections with the limits that ours have.
const SHARED: u8 = 3;

/// Connections whose sessions keep statements, wherever sessions are kept. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Sessions {
    at_hand: Arc<AtHand>,
    /// What it is asked with: without the limits, which some poolers refuse.
    plain: Arc<Mutex<PgConnectOptions>>,
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
        let plain = connect::options(address, password)?;
        let pool = connect::pool(address, password, connections)?;
        let sessions = Self {
            at_hand: AtHand::new(pool, connections),
            plain: Arc::new(Mutex::new(plain)),
            found: Arc::new(AtomicU8::new(UNKNOWN)),
        };
        sessions.renew(address, password)?;
        Ok(sessions)
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
        let plain = connect::options(address, password)?;
        let limited = plain
            .clone()
            .statement_cache_capacity(16)
            .options([("lock_timeout", "2s"), ("statement_timeout", "5s")]);
        *self.plain.lock().unwrap_or_else(PoisonError::into_inner) = plain;
        self.at_hand.pool().set_connect_options(limited);
        Ok(())
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
        self.known() == Some(true)
    }

    /// Whether they are, as far as somebody has found out.
    #[must_use]
    pub fn known(&self) -> Option<bool> {
        match self.found.load(Ordering::Acquire) {
            KEPT => Some(true),
            SHARED => Some(false),
            _ => None,
        }
    }

    fn plain(&self) -> PgConnectOptions {
        let plain = self.plain.lock().unwrap_or_else(PoisonError::into_inner);
        plain.clone()
    }

    /// [`KEPT`] or [`SHARED`].
    async fn ask(&self) -> Result<u8, StoreError> {
        if !pooling::ask(&self.plain()).await? {
            tracing::info!("a pooler of transactions stands before the database");
            return Ok(SHARED);
        }
        let limited = self.at_hand.pool().connect_options();
        match timeout(PATIENCE, limited.connect()).await {
            Ok(Ok(session)) => {
                // A farewell is polite; whether it arrives changes nothing.
                let _ = timeout(PATIENCE, session.close()).await;
                tracing::info!("sessions are kept: an event is stored in one round trip");
                Ok(KEPT)
            }
            // Whoever was let in a moment ago is refused for the limits.
            Ok(Err(sqlx::Error::Database(error)))
                if error.code().as_deref() == Some(UNSUPPORTED) =>
            {
                let error = error.message();
                tracing::warn!(
                    error,
                    "sessions are kept, and none may begin with limits: events are stored in four round trips; \
                     have PgBouncer take them, or ignore them (ignore_startup_parameters = options)"
                );
                Ok(SHARED)
            }
            Ok(Err(error)) => Err(error.into()),
            Err(_) => Err(silence()),
        }
    }

    /// A connection broke: whoever answers next may be somebody else.
    fn doubt(&self) {
        self.at_hand.distrust();
        // Only what was kept: somebody may be asking already.
        let _ = self
            .found
            .compare_exchange(KEPT, UNKNOWN, Ordering::AcqRel, Ordering::Relaxed);
    }

    pub(in crate::store) async fn close(&self) {
        self.at_hand.close().await;
    }
}

async fn find_out(sessions: Sessions) {
    let mut pause = ASK_AGAIN;
    while !sessions.at_hand.pool().is_closed() {
        match sessions.ask().await {
            Ok(found) => {
                sessions.found.store(found, Ordering::Release);
                return;
            }
            Err(error) => {
                let error = error.without_data();
                let seconds = pause.as_secs();
                if pause == ASK_AGAIN {
                    tracing::warn!(
                        error,
                        "whether sessions are kept is not known: events are stored in four round trips"
                    );
                } else {
                    tracing::debug!(error, seconds, "whether sessions are kept is not known yet");
                }
                tokio::time::sleep(pause).await;
                pause = (pause * 2).min(ASK_AT_LATEST);
            }
        }
    }
}

impl Store {
    /// Runs a statement in a transaction of its own: after `Ok` it is committed. It answers with one row, and may be
    /// said twice, for where a connection breaks it is said again on another.
    ///
    /// # Errors
    /// Whatever the database says; after a silence it may have happened all the same.
    pub async fn at_once<'q, R>(
        &self,
        query: impl Fn() -> QueryAs<'q, Postgres, R, PgArguments>,
    ) -> Result<R, StoreError>
    where
        R: for<'r> FromRow<'r, PgRow> + Send + Unpin,
    {
        if let Some(sessions) = self.sessions().filter(|sessions| sessions.are_kept()) {
            match kept(&sessions.at_hand, query()).await {
                Ok(row) => return Ok(row),
                Err(error) if is_silence(&error) => {
                    sessions.at_hand.distrust();
                    return Err(error);
                }
                Err(error) if is_of_the_statement(&error) => return Err(error),
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
    at_hand: &AtHand,
    query: QueryAs<'_, Postgres, R, PgArguments>,
) -> Result<R, StoreError>
where
    R: for<'r> FromRow<'r, PgRow> + Send + Unpin,
{
    // Whoever waits longer than that finds the door quicker.
    let (_place, mut taken) = at_hand.take(ACQUIRE).await?;
    let asked = query.persistent(true).fetch_one(&mut *taken.session);
    let error = match timeout(PATIENCE, asked).await {
        Ok(Ok(row)) => {
            at_hand.give_back(taken);
            return Ok(row);
        }
        Ok(Err(error)) => StoreError::from(error),
        Err(_) => silence(),
    };
    if error.is_outage() {
        taken.session.close_on_drop();
    }
    Err(error)
}
