//! The rollups: sums that screens read instead of adding up every row, and the functions that keep them.

use sqlx::FromRow;
use time::{Date, OffsetDateTime};

use crate::domain::credits::{FORECAST_DAYS, LOW_DAYS, PACE_DAYS};
use crate::statement;
use crate::store::door::{Reading, Store};
use crate::store::failure::StoreError;

/// What a refresh came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refreshed {
    /// Everything is counted as of now.
    Done {
        /// How many keys changed.
        changed: u64,
        /// How long it took, in milliseconds.
        took_ms: u64,
        /// When the next refresh is due, in milliseconds.
        due_in_ms: u64,
    },
    /// Somebody did it a moment ago; due again in so many milliseconds.
    NotDue(u64),
    /// Somebody is doing it.
    Busy,
    /// The rollups were never filled: [`begin_check`] does that.
    Empty,
}

/// Whether a check has begun.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CheckBegun {
    /// It has; these are the months to compare, by their first days, the latest first.
    Months(Vec<Date>),
    /// It was done a while ago.
    NotDue,
    /// Somebody is doing it.
    Busy,
}

/// What was compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Compared {
    /// How many keys there are.
    pub keys: u64,
    /// How many were wrong, and are mended.
    pub differences: u64,
}

/// How one rollup is.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct RollupState {
    /// Which: `usage`, `credits`, `teams`, `seats`, `figures`.
    pub rollup: String,
    /// As of when it counts; `None`: never counted.
    pub refreshed_at: Option<OffsetDateTime>,
    /// How long that took, in milliseconds.
    pub refresh_ms: Option<i64>,
    /// How many keys that changed.
    pub changed: Option<i64>,
    /// When everything was compared last.
    pub checked_at: Option<OffsetDateTime>,
    /// How long that took, in milliseconds.
    pub check_ms: Option<i64>,
    /// How many keys were compared.
    pub checked_rows: Option<i64>,
    /// How many of them were wrong, and were mended.
    pub differences: Option<i64>,
    /// What is to be known about it.
    pub note: Option<String>,
}

/// As of when the rollups count; `None` while they were never filled.
///
/// # Errors
/// Whatever the database says.
pub async fn as_of(reading: &mut Reading) -> Result<Option<OffsetDateTime>, StoreError> {
    let (as_of,): (Option<OffsetDateTime>,) =
        reading.one(statement!("rollups_as_of.sql").rows()).await?;
    Ok(as_of)
}

/// How each of the rollups is.
///
/// # Errors
/// Whatever the database says.
pub async fn states(reading: &mut Reading) -> Result<Vec<RollupState>, StoreError> {
    reading.all(statement!("rollups_state.sql").rows()).await
}

/// Brings the rollups up to date, where that is due or `force`d, and nobody else is at it. All or nothing.
///
/// # Errors
/// Whatever the database says; then the rollups are as they were.
pub async fn refresh(
    store: &Store,
    now: OffsetDateTime,
    force: bool,
) -> Result<Refreshed, StoreError> {
    let mut writing = store.write_of_one_instant().await?;
    let record: RefreshRecord = writing
        .one(
            statement!("rollups_refresh.sql")
                .rows()
                .bind(now)
                .bind(i32::from(PACE_DAYS))
                .bind(whole_days(LOW_DAYS))
                .bind(whole_days(FORECAST_DAYS))
                .bind(force),
        )
        .await?;
    writing.commit().await?;
    let due_in_ms = count(record.due_in_ms);
    match record.outcome.as_str() {
        "done" => Ok(Refreshed::Done {
            changed: count(record.changed),
            took_ms: count(record.took_ms),
            due_in_ms,
        }),
        "not_due" => Ok(Refreshed::NotDue(due_in_ms)),
        "busy" => Ok(Refreshed::Busy),
        "empty" => Ok(Refreshed::Empty),
        other => Err(impossible(other)),
    }
}

/// Begins to compare everything with the rows themselves, or to fill the rollups for the first time,
/// where that is due or `force`d, and nobody else is at it.
///
/// # Errors
/// Whatever the database says.
pub async fn begin_check(
    store: &Store,
    now: OffsetDateTime,
    force: bool,
) -> Result<CheckBegun, StoreError> {
    let mut writing = store.write_of_one_instant().await?;
    let (outcome, months): (String, Option<Vec<Date>>) = writing
        .one(
            statement!("rollups_check_begin.sql")
                .rows()
                .bind(now)
                .bind(force),
        )
        .await?;
    writing.commit().await?;
    match outcome.as_str() {
        "begun" => Ok(CheckBegun::Months(months.unwrap_or_default())),
        "not_due" => Ok(CheckBegun::NotDue),
        "busy" => Ok(CheckBegun::Busy),
        other => Err(impossible(other)),
    }
}

/// Compares one month and mends it; `None` while somebody else is at the rollups.
///
/// # Errors
/// Whatever the database says; then the month is as it was.
pub async fn check_month(
    store: &Store,
    now: OffsetDateTime,
    month: Date,
) -> Result<Option<Compared>, StoreError> {
    let mut writing = store.write_of_one_instant().await?;
    let (outcome, keys, differences): (String, Option<i64>, Option<i64>) = writing
        .one(
            statement!("rollups_check_month.sql")
                .rows()
                .bind(now)
                .bind(month),
        )
        .await?;
    writing.commit().await?;
    match outcome.as_str() {
        "done" => Ok(Some(Compared {
            keys: count(keys),
            differences: count(differences),
        })),
        "busy" => Ok(None),
        other => Err(impossible(other)),
    }
}

/// Records that every month was compared by a check that began at `began`.
///
/// # Errors
/// Whatever the database says.
pub async fn end_check(
    store: &Store,
    began: OffsetDateTime,
    took_ms: u64,
    compared: Compared,
) -> Result<(), StoreError> {
    let stored = |value: u64| i64::try_from(value).unwrap_or(i64::MAX);
    // One row, whoever changed it meanwhile, and whoever is at it: a night's work must not be lost for a refresh.
    let mut writing = store.write().await?;
    let _: (i32,) = writing
        .one(
            statement!("rollups_check_end.sql")
                .rows()
                .bind(began)
                .bind(stored(took_ms))
                .bind(stored(compared.keys))
                .bind(stored(compared.differences)),
        )
        .await?;
    writing.commit().await
}

#[derive(Debug, FromRow)]
struct RefreshRecord {
    outcome: String,
    changed: Option<i64>,
    took_ms: Option<i64>,
    due_in_ms: Option<i64>,
}

fn count(value: Option<i64>) -> u64 {
    u64::try_from(value.unwrap_or(0)).unwrap_or(0)
}

fn whole_days(days: i64) -> i32 {
    i32::try_from(days).unwrap_or(i32::MAX)
}

fn impossible(outcome: &str) -> StoreError {
    StoreError::Impossible(format!("keeping the rollups came to {outcome}"))
}
