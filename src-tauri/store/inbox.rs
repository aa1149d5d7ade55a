//! The inbox: what webhooks brought, and what became of it.

use serde_json::Value;
use sqlx::FromRow;
use time::OffsetDateTime;

use crate::statement;
use crate::store::door::{Store, Writing};
use crate::store::failure::StoreError;

/// Who sends events.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Provider {
    /// Registrations.
    Auth0,
}

impl Provider {
    /// The word in the column `provider`.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Auth0 => "auth0",
        }
    }
}

/// An event to keep.
#[derive(Debug, Clone)]
pub struct NewEvent {
    /// Who sent it.
    pub provider: Provider,
    /// Its id at the provider.
    pub event_id: String,
    /// When it arrived.
    pub received_at: OffsetDateTime,
    /// The headers worth keeping, as an object; never a secret.
    pub headers: Value,
    /// The body, byte for byte.
    pub body: Vec<u8>,
}

/// Whether an event was new.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stored {
    /// It is stored now.
    New,
    /// It was stored before.
    Duplicate,
}

/// Stores an event; after `Ok` it is committed. The seam where requests will share a commit.
///
/// # Errors
/// Whatever the database says; then it may or may not be stored, and sending it again is harmless.
pub async fn store_event(store: &Store, event: NewEvent) -> Result<Stored, StoreError> {
    let insert = statement!("inbox_insert.sql")
        .rows::<(i64,)>()
        .bind(event.provider.word())
        .bind(event.event_id)
        .bind(event.received_at)
        .bind(event.headers)
        .bind(event.body);
    let mut writing = store.write().await?;
    let row = writing.optional(insert).await?;
    writing.commit().await?;
    Ok(if row.is_some() {
        Stored::New
    } else {
        Stored::Duplicate
    })
}

/// An event that this transaction has locked.
#[derive(Debug, Clone, FromRow)]
pub struct Claimed {
    /// Its row.
    pub id: i64,
    /// The body, byte for byte.
    pub body: Vec<u8>,
    /// How often applying it failed.
    pub attempts: i32,
}

/// Bounds how long this transaction waits for others, and how long the server waits for it.
///
/// # Errors
/// Whatever the database says.
pub async fn be_patient(writing: &mut Writing) -> Result<(), StoreError> {
    let patience = statement!("inbox_patience.sql").command();
    writing.run(patience).await.map(|_| ())
}

/// Locks events that are due and that no other worker has, oldest first.
///
/// # Errors
/// Whatever the database says.
pub async fn claim(
    writing: &mut Writing,
    provider: Provider,
    now: OffsetDateTime,
    limit: i64,
) -> Result<Vec<Claimed>, StoreError> {
    let claim = statement!("inbox_claim.sql")
        .rows()
        .bind(provider.word())
        .bind(now)
        .bind(limit);
    writing.all(claim).await
}

/// Marks a claimed event as applied.
///
/// # Errors
/// Whatever the database says, and when the row is no longer pending.
pub async fn mark_done(
    writing: &mut Writing,
    id: i64,
    outcome: Value,
    now: OffsetDateTime,
) -> Result<(), StoreError> {
    let done = statement!("inbox_done.sql").command();
    one_row(writing.run(done.bind(id).bind(outcome).bind(now)).await?)
}

/// Leaves a claimed event to a person.
///
/// # Errors
/// As [`mark_done`].
pub async fn mark_conflict(
    writing: &mut Writing,
    id: i64,
    outcome: Value,
) -> Result<(), StoreError> {
    let conflict = statement!("inbox_conflict.sql").command();
    one_row(writing.run(conflict.bind(id).bind(outcome)).await?)
}

/// Puts an event off that was claimed in a transaction which failed. Nothing happens when somebody else
/// has dealt with it since.
///
/// # Errors
/// Whatever the database says.
pub async fn retry_later(
    writing: &mut Writing,
    event: &Claimed,
    next_attempt_at: OffsetDateTime,
    error: String,
) -> Result<(), StoreError> {
    let retry = statement!("inbox_retry.sql")
        .command()
        .bind(event.id)
        .bind(event.attempts)
        .bind(next_attempt_at)
        .bind(error);
    writing.run(retry).await.map(|_| ())
}

/// Puts an event off that others were in the way of; nothing is counted. Otherwise as [`retry_later`].
///
/// # Errors
/// Whatever the database says.
pub async fn postpone(
    writing: &mut Writing,
    event: &Claimed,
    next_attempt_at: OffsetDateTime,
    error: String,
) -> Result<(), StoreError> {
    let postpone = statement!("inbox_postpone.sql")
        .command()
        .bind(event.id)
        .bind(event.attempts)
        .bind(next_attempt_at)
        .bind(error);
    writing.run(postpone).await.map(|_| ())
}

/// Gives an event up; otherwise as [`retry_later`].
///
/// # Errors
/// Whatever the database says.
pub async fn bury(writing: &mut Writing, event: &Claimed, error: String) -> Result<(), StoreError> {
    let bury = statement!("inbox_bury.sql").command();
    writing
        .run(bury.bind(event.id).bind(event.attempts).bind(error))
        .await
        .map(|_| ())
}

fn one_row(rows: u64) -> Result<(), StoreError> {
    if rows == 1 {
        Ok(())
    } else {
        let problem = format!("marking an event of the inbox touched {rows} rows");
        Err(StoreError::Impossible(problem))
    }
}
