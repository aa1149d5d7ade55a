//! How far providers have been read back, and who is at it.

use serde_json::Value;
use sqlx::FromRow;
use time::OffsetDateTime;

use crate::statement;
use crate::store::door::Store;
use crate::store::failure::StoreError;

/// What is read back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// Registrations at Auth0.
    Auth0Users,
    /// Stripe's events.
    StripeEvents,
}

impl Source {
    fn word(self) -> &'static str {
        match self {
            Self::Auth0Users => "auth0_users",
            Self::StripeEvents => "stripe_events",
        }
    }
}

/// The turn to read a provider back, for two minutes from its last note.
#[derive(Debug)]
pub struct Turn {
    source: Source,
    lease: String,
    /// Where to go on, as it was noted last; an empty object at first.
    pub cursor: Value,
}

/// How far reading back came.
#[derive(Debug, Clone)]
pub struct Note {
    /// Where to go on.
    pub cursor: Option<Value>,
    /// What was made before is compared.
    pub covered_until: Option<OffsetDateTime>,
    /// How many had never arrived.
    pub filled_in: usize,
    /// Why it does not go on; no data of anybody.
    pub error: Option<String>,
    /// When it goes on; none: at once.
    pub next_at: Option<OffsetDateTime>,
}

impl Note {
    /// It failed, and is tried again then.
    #[must_use]
    pub fn failed(why: String, next_at: OffsetDateTime) -> Self {
        Self {
            cursor: None,
            covered_until: None,
            filled_in: 0,
            error: Some(why),
            next_at: Some(next_at),
        }
    }
}

/// Takes the turn; `None` while it is not due, or somebody else has it.
///
/// # Errors
/// Whatever the database says.
pub async fn begin(
    store: &Store,
    source: Source,
    now: OffsetDateTime,
) -> Result<Option<Turn>, StoreError> {
    #[derive(FromRow)]
    struct Row {
        lease: String,
        cursor: Value,
    }
    let begin = statement!("read_back_begin.sql").rows::<Row>();
    let mut writing = store.write_in_background().await?;
    let row = writing
        .optional(begin.bind(source.word()).bind(now))
        .await?;
    writing.commit().await?;
    Ok(row.map(|Row { lease, cursor }| Turn {
        source,
        lease,
        cursor,
    }))
}

impl Turn {
    /// Notes how far it came. Whether the turn is still ours.
    ///
    /// # Errors
    /// Whatever the database says.
    pub async fn note(
        &self,
        store: &Store,
        now: OffsetDateTime,
        note: Note,
    ) -> Result<bool, StoreError> {
        let filled_in = i64::try_from(note.filled_in).unwrap_or(i64::MAX);
        let said = statement!("read_back_note.sql")
            .rows::<(bool,)>()
            .bind(self.source.word())
            .bind(self.lease.clone())
            .bind(now)
            .bind(note.cursor)
            .bind(note.covered_until)
            .bind(filled_in)
            .bind(note.error)
            .bind(note.next_at);
        let mut writing = store.write_in_background().await?;
        let (ours,) = writing.one(said).await?;
        writing.commit().await?;
        Ok(ours)
    }
}

/// When the first event of Stripe's, of that mode, arrived by itself; none: none ever did.
///
/// # Errors
/// Whatever the database says.
pub async fn first_stripe_event(
    store: &Store,
    live: bool,
) -> Result<Option<OffsetDateTime>, StoreError> {
    let first = statement!("stripe_first_event.sql").rows::<(Option<OffsetDateTime>,)>();
    let mut reading = store.read().await?;
    let (first,) = reading.one(first.bind(live)).await?;
    reading.end().await?;
    Ok(first)
}

/// Which of these users are here.
///
/// # Errors
/// Whatever the database says.
pub async fn known_users(store: &Store, ids: Vec<String>) -> Result<Vec<String>, StoreError> {
    let known = statement!("users_known.sql").rows::<(String,)>().bind(ids);
    let mut reading = store.read().await?;
    let known = reading.all(known).await?;
    reading.end().await?;
    Ok(known.into_iter().map(|(id,)| id).collect())
}
