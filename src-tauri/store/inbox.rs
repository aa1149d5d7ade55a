//! The inbox: what webhooks brought, and what became of it.

use serde_json::Value;
use sqlx::FromRow;
use sqlx::types::Json;
use time::OffsetDateTime;

use crate::statement;
use crate::store::door::{Store, Writing};
use crate::store::failure::StoreError;

/// Who sends events.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Provider {
    /// Registrations.
    Auth0,
    /// Everything about money.
    Stripe,
}

impl Provider {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::Auth0, Self::Stripe];

    /// The word in the column `provider`.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Auth0 => "auth0",
            Self::Stripe => "stripe",
        }
    }

    fn of(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.word() == word)
    }
}

/// How an event came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// By itself.
    Sent,
    /// It never arrived, and was fetched.
    ReadBack,
}

impl Origin {
    fn word(self) -> &'static str {
        match self {
            Self::Sent => "sent",
            Self::ReadBack => "read_back",
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
    /// What happened, in the provider's word.
    pub kind: Option<String>,
    /// Whom it is about: two events of one subject are not applied at the same time.
    pub subject: Option<String>,
    /// Whether it is real, where the provider has a test mode.
    pub livemode: Option<bool>,
}

/// Whether an event was new.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stored {
    /// It is stored now.
    New,
    /// It was stored before.
    Duplicate,
}

/// Stores events in one commit, all or none; after `Ok` they are committed. For each, in their order, whether
/// it was new.
///
/// # Errors
/// Whatever the database says; then they may or may not be stored, and sending them again is harmless.
pub async fn store_events(
    store: &Store,
    events: &[NewEvent],
    origin: Origin,
) -> Result<Vec<Stored>, StoreError> {
    let count = events.len();
    // Two batches with the same events wait for each other in one direction only.
    let mut order: Vec<usize> = (0..count).collect();
    order.sort_by_key(|&at| (events[at].provider.word(), events[at].event_id.as_str()));
    let mut providers = Vec::with_capacity(count);
    let mut ids = Vec::with_capacity(count);
    let mut times = Vec::with_capacity(count);
    let mut headers = Vec::with_capacity(count);
    let mut bodies = Vec::with_capacity(count);
    let mut kinds = Vec::with_capacity(count);
    let mut subjects = Vec::with_capacity(count);
    let mut modes = Vec::with_capacity(count);
    for event in order.iter().map(|&at| &events[at]) {
        providers.push(event.provider.word());
        ids.push(event.event_id.as_str());
        times.push(event.received_at);
        headers.push(Json(&event.headers));
        bodies.push(event.body.as_slice());
        kinds.push(event.kind.as_deref());
        subjects.push(event.subject.as_deref());
        modes.push(event.livemode);
    }
    // Said twice it stores once.
    let insert = || {
        statement!("inbox_store.sql")
            .rows::<(Vec<String>,)>()
            .bind(&providers)
            .bind(&ids)
            .bind(&times)
            .bind(&headers)
            .bind(&bodies)
            .bind(&kinds)
            .bind(&subjects)
            .bind(&modes)
            .bind(origin.word())
    };
    let (words,) = store.at_once(insert).await?;
    if words.len() != count {
        let problem = format!("{count} events were stored and {} answered", words.len());
        return Err(StoreError::Impossible(problem));
    }
    let mut stored = vec![Stored::Duplicate; count];
    for (at, word) in order.into_iter().zip(words) {
        if word == "new" {
            stored[at] = Stored::New;
        }
    }
    Ok(stored)
}

/// An event that this transaction has locked.
#[derive(Debug, Clone)]
pub struct Claimed {
    /// Its row.
    pub id: i64,
    /// Who sent it.
    pub provider: Provider,
    /// Its id at the provider.
    pub event_id: String,
    /// When it arrived.
    pub received_at: OffsetDateTime,
    /// The body, byte for byte.
    pub body: Vec<u8>,
    /// How often applying it failed.
    pub attempts: i32,
}

#[derive(FromRow)]
struct ClaimedRow {
    id: i64,
    provider: String,
    event_id: String,
    received_at: OffsetDateTime,
    body: Vec<u8>,
    attempts: i32,
}

/// Bounds how long this transaction waits for others, and how long the server waits for it.
///
/// # Errors
/// Whatever the database says.
pub async fn be_patient(writing: &mut Writing) -> Result<(), StoreError> {
    let patience = statement!("inbox_patience.sql").command();
    writing.run(patience).await.map(|_| ())
}

/// Whether the views that effects read are there: `attach --release` takes them away for a while.
///
/// # Errors
/// Whatever the database says.
pub async fn is_attached(store: &Store) -> Result<bool, StoreError> {
    let attached = statement!("inbox_attached.sql").rows::<(bool,)>();
    let mut reading = store.read().await?;
    let (attached,) = reading.one(attached).await?;
    reading.end().await?;
    Ok(attached)
}

/// Locks events of these providers that are due and that no other worker has, oldest first; never two of one
/// subject in two transactions.
///
/// # Errors
/// Whatever the database says.
pub async fn claim(
    writing: &mut Writing,
    providers: &[Provider],
    now: OffsetDateTime,
    limit: i32,
) -> Result<Vec<Claimed>, StoreError> {
    let words: Vec<String> = providers.iter().map(|one| one.word().to_owned()).collect();
    let claim = statement!("inbox_claim.sql")
        .rows::<ClaimedRow>()
        .bind(words)
        .bind(now)
        .bind(limit);
    let claimed = writing.all(claim).await?.into_iter().map(|row| {
        let unknown = || StoreError::Impossible("an event of nobody was claimed".to_owned());
        Ok(Claimed {
            id: row.id,
            provider: Provider::of(&row.provider).ok_or_else(unknown)?,
            event_id: row.event_id,
            received_at: row.received_at,
            body: row.body,
            attempts: row.attempts,
        })
    });
    claimed.collect()
}

/// What became of claimed events, to be written in one statement.
#[derive(Debug, Default)]
pub struct Ends {
    ids: Vec<i64>,
    states: Vec<&'static str>,
    outcomes: Vec<Value>,
}

impl Ends {
    /// Its effect is there.
    pub fn done(&mut self, id: i64, outcome: Value) {
        self.add(id, "done", outcome);
    }

    /// It is left to a person.
    pub fn conflict(&mut self, id: i64, outcome: Value) {
        self.add(id, "conflict", outcome);
    }

    fn add(&mut self, id: i64, state: &'static str, outcome: Value) {
        self.ids.push(id);
        self.states.push(state);
        self.outcomes.push(outcome);
    }

    /// Writes them down, in the transaction that applied the events.
    ///
    /// # Errors
    /// Whatever the database says, and when one of the rows is no longer pending.
    pub async fn write(self, writing: &mut Writing, now: OffsetDateTime) -> Result<(), StoreError> {
        let count = self.ids.len();
        if count == 0 {
            return Ok(());
        }
        let states: Vec<String> = self.states.into_iter().map(str::to_owned).collect();
        let end = statement!("inbox_end.sql").rows::<(i64,)>();
        let end = end.bind(self.ids).bind(states).bind(self.outcomes);
        let (ended,) = writing.one(end.bind(now)).await?;
        if usize::try_from(ended) == Ok(count) {
            Ok(())
        } else {
            let problem = "an event that this transaction had locked was ended by somebody else";
            Err(StoreError::Impossible(problem.to_owned()))
        }
    }
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
    put_off(writing, event, Some(next_attempt_at), error, true).await
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
    put_off(writing, event, Some(next_attempt_at), error, false).await
}

/// Gives an event up; otherwise as [`retry_later`].
///
/// # Errors
/// Whatever the database says.
pub async fn bury(writing: &mut Writing, event: &Claimed, error: String) -> Result<(), StoreError> {
    put_off(writing, event, None, error, true).await
}

async fn put_off(
    writing: &mut Writing,
    event: &Claimed,
    at: Option<OffsetDateTime>,
    error: String,
    counted: bool,
) -> Result<(), StoreError> {
    let put_off = statement!("inbox_put_off.sql")
        .command()
        .bind(event.id)
        .bind(event.attempts)
        .bind(at)
        .bind(error)
        .bind(counted);
    writing.run(put_off).await.map(|_| ())
}
