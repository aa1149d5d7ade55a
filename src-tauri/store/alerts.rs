//! Alerts: looked for, listed, acknowledged, and told outside.

use serde::Deserialize;
use serde_json::Value;
use sqlx::FromRow;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::domain::alerts::{
    Acknowledged, Alert, Channel, Condition, Grade, SeenAlert, Told, Watched, Way,
};
use crate::domain::audit::Verdict;
use crate::statement;
use crate::store::door::{Reading, Store};
use crate::store::failure::StoreError;

/// What looking found; `None`: it was not due, or somebody else is at it.
pub type Looked = Option<Changed>;

/// How alerts changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub struct Changed {
    /// Alerts that are new.
    pub opened: u64,
    /// Alerts that are over.
    pub resolved: u64,
}

/// Looks what is wrong, and writes down what is to be told these ways. What this program is not set up for is missed by
/// nobody, unless another one is.
///
/// # Errors
/// Whatever the database says.
pub async fn evaluate(
    store: &Store,
    now: OffsetDateTime,
    ways: &[Way],
    watched: &[Watched],
) -> Result<Looked, StoreError> {
    let watched: Vec<String> = watched.iter().map(|one| one.word().to_owned()).collect();
    let query = statement!("alerts_evaluate.sql")
        .rows::<(Option<Value>,)>()
        .bind(now)
        .bind(words(ways))
        .bind(watched);
    let mut writing = store.write_in_background().await?;
    let (looked,) = writing.one(query).await?;
    writing.commit().await?;
    let changed = looked.map(serde_json::from_value).transpose();
    changed.map_err(|error| StoreError::Impossible(format!("what looking found: {error}")))
}

/// Whether this login may look.
///
/// # Errors
/// Whatever the database says.
pub async fn may_evaluate(store: &Store) -> Result<bool, StoreError> {
    let query = statement!("alerts_may_evaluate.sql").rows::<(bool,)>();
    let mut reading = store.read().await?;
    let may = reading.optional(query).await?;
    reading.end().await?;
    Ok(may.is_some_and(|(may,)| may))
}

/// When somebody last looked, and what time it is now, both by the clock of the database.
#[derive(Debug, Clone, Copy, PartialEq, Eq, FromRow)]
pub struct LookedAt {
    /// `None`: nobody ever did.
    pub looked_at: Option<OffsetDateTime>,
    /// Now.
    pub read_at: OffsetDateTime,
}

/// When somebody last looked.
///
/// # Errors
/// Whatever the database says.
pub async fn looked_at(reading: &mut Reading) -> Result<LookedAt, StoreError> {
    let query = statement!("alerts_looked.sql").rows::<LookedAt>();
    reading.one(query).await
}

/// Alerts that are open, and those that were lately.
///
/// # Errors
/// Whatever the database says.
pub async fn listed(
    reading: &mut Reading,
    now: OffsetDateTime,
) -> Result<Vec<SeenAlert>, StoreError> {
    let query = statement!("alerts_listed.sql").rows::<SeenRecord>();
    let records = reading.all(query.bind(now)).await?;
    records.into_iter().map(SeenRecord::into_seen).collect()
}

/// Alerts that are open, and those with these numbers.
///
/// # Errors
/// Whatever the database says.
pub async fn open(reading: &mut Reading, ids: Vec<i64>) -> Result<Vec<Alert>, StoreError> {
    let query = statement!("alerts_open.sql").rows::<Record>().bind(ids);
    let records = reading.all(query).await?;
    Ok(records.into_iter().map(Record::into_alert).collect())
}

/// Says that somebody sees to it.
///
/// # Errors
/// Whatever the database says; then nothing was changed.
pub async fn acknowledge(store: &Store, id: i64, note: Option<&str>) -> Result<(), StoreError> {
    let query = statement!("alert_acknowledge.sql")
        .rows::<(bool,)>()
        .bind(id)
        .bind(note.map(str::to_owned));
    let mut writing = store.write_promptly().await?;
    let (_done,) = writing.one(query).await?;
    writing.commit().await
}

/// Keeps what verifying a chain of the trail found.
///
/// # Errors
/// Whatever the database says.
pub async fn note_trail(
    store: &Store,
    verdict: &Verdict,
    now: OffsetDateTime,
) -> Result<(), StoreError> {
    let flaw = verdict.flaw.as_ref();
    let seq = flaw.map_or(Some(verdict.head.seq), |flaw| flaw.seq);
    let query = statement!("trail_note.sql")
        .rows::<(bool,)>()
        .bind(verdict.chain.word())
        .bind(now)
        .bind(seq)
        .bind(flaw.map(|flaw| flaw.message.clone()));
    let mut writing = store.write_in_background().await?;
    let (_done,) = writing.one(query).await?;
    writing.commit().await
}

/// Notes what keeps stored events from being applied, as a sentence; `None`: nothing does.
///
/// # Errors
/// Whatever the database says.
pub async fn note_fitness(
    store: &Store,
    now: OffsetDateTime,
    problem: Option<String>,
) -> Result<(), StoreError> {
    let query = statement!("fitness_note.sql").rows::<(bool,)>();
    let mut writing = store.write_in_background().await?;
    let (_done,) = writing.one(query.bind(now).bind(problem)).await?;
    writing.commit().await
}

/// A message that is to be told, leased to this program for two minutes.
#[derive(Debug, Clone)]
pub struct Delivery {
    id: i64,
    lease: String,
    /// Where, and to whom.
    pub way: Way,
    /// That it is over; else that it is there.
    pub resolved: bool,
    /// How often it was tried, this time included.
    pub attempts: i32,
    /// Of what.
    pub alert: Alert,
}

/// Leases messages that are due.
///
/// # Errors
/// Whatever the database says.
pub async fn claim(
    store: &Store,
    limit: i32,
    now: OffsetDateTime,
    ways: &[Way],
) -> Result<Vec<Delivery>, StoreError> {
    let query = statement!("alert_deliveries_claim.sql")
        .rows::<DeliveryRecord>()
        .bind(limit)
        .bind(now)
        .bind(words(ways));
    let mut writing = store.write_in_background().await?;
    let records = writing.all(query).await?;
    writing.commit().await?;
    records
        .into_iter()
        .map(DeliveryRecord::into_delivery)
        .collect()
}

/// How telling ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ended {
    /// It was told.
    Told,
    /// It did not work, and is tried again then.
    Again(String, OffsetDateTime),
    /// It did not work, and is given up.
    GivenUp(String),
}

impl Delivery {
    /// `opened` or `resolved`.
    #[must_use]
    pub fn tells(&self) -> &'static str {
        if self.resolved { "resolved" } else { "opened" }
    }

    /// Notes how it ended. Whether it was still ours.
    ///
    /// # Errors
    /// Whatever the database says.
    pub async fn end(
        &self,
        store: &Store,
        now: OffsetDateTime,
        ended: Ended,
    ) -> Result<bool, StoreError> {
        let (error, again_at) = match ended {
            Ended::Told => (None, None),
            Ended::Again(why, at) => (Some(why), Some(at)),
            Ended::GivenUp(why) => (Some(why), None),
        };
        let query = statement!("alert_delivery_end.sql")
            .rows::<(bool,)>()
            .bind(self.id)
            .bind(self.lease.clone())
            .bind(now)
            .bind(error)
            .bind(again_at);
        let mut writing = store.write_in_background().await?;
        let (ours,) = writing.one(query).await?;
        writing.commit().await?;
        Ok(ours)
    }
}

fn words(ways: &[Way]) -> Vec<String> {
    ways.iter().map(Way::word).collect()
}

#[derive(FromRow)]
struct Record {
    id: i64,
    kind: String,
    subject: String,
    severity: String,
    since: OffsetDateTime,
    facts: Value,
    opened_at: OffsetDateTime,
    resolved_at: Option<OffsetDateTime>,
}

impl Record {
    fn into_alert(self) -> Alert {
        Alert {
            id: self.id,
            condition: Condition::read(&self.kind, &self.subject, &self.facts),
            kind: self.kind,
            subject: self.subject,
            grade: Grade::of(&self.severity),
            since: self.since,
            opened_at: self.opened_at,
            resolved_at: self.resolved_at,
        }
    }
}

#[derive(FromRow)]
struct SeenRecord {
    #[sqlx(flatten)]
    alert: Record,
    acknowledged_at: Option<OffsetDateTime>,
    acknowledged_by: Option<String>,
    note: Option<String>,
    told: Option<Value>,
}

#[derive(Deserialize)]
struct ToldRecord {
    channel: String,
    tells: String,
    state: String,
    partly: bool,
    done_at: Option<String>,
    error: Option<String>,
}

impl SeenRecord {
    fn into_seen(self) -> Result<SeenAlert, StoreError> {
        let told: Vec<ToldRecord> = self
            .told
            .map(serde_json::from_value)
            .transpose()
            .map_err(|error| StoreError::Impossible(format!("where an alert was told: {error}")))?
            .unwrap_or_default();
        let acknowledged = self.acknowledged_at.zip(self.acknowledged_by);
        Ok(SeenAlert {
            alert: self.alert.into_alert(),
            acknowledged: acknowledged.map(|(at, by)| Acknowledged {
                by,
                at,
                note: self.note,
            }),
            told: told
                .into_iter()
                .map(ToldRecord::into_told)
                .collect::<Result<_, _>>()?,
        })
    }
}

impl ToldRecord {
    fn into_told(self) -> Result<Told, StoreError> {
        let at = self
            .done_at
            .map(|at| OffsetDateTime::parse(&at, &Rfc3339))
            .transpose()
            .map_err(|error| StoreError::Impossible(format!("when an alert was told: {error}")))?;
        let channel = Channel::of(&self.channel).ok_or_else(|| strange(&self.channel))?;
        Ok(Told {
            channel,
            resolved: self.tells == "resolved",
            at,
            partly: self.partly,
            given_up: self.state == "dead",
            error: self.error,
        })
    }
}

#[derive(FromRow)]
struct DeliveryRecord {
    delivery: i64,
    lease: String,
    channel: String,
    tells: String,
    attempts: i32,
    #[sqlx(flatten)]
    alert: Record,
}

impl DeliveryRecord {
    fn into_delivery(self) -> Result<Delivery, StoreError> {
        Ok(Delivery {
            id: self.delivery,
            lease: self.lease,
            way: Way::of(&self.channel).ok_or_else(|| strange(&self.channel))?,
            resolved: self.tells == "resolved",
            attempts: self.attempts,
            alert: self.alert.into_alert(),
        })
    }
}

fn strange(channel: &str) -> StoreError {
    StoreError::Impossible(format!("a channel `{channel}`"))
}
