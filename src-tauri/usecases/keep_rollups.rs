//! Keep the rollups: bring them up to date again and again, and compare everything once a night.
//!
//! Any number of programs may do this on one database: the database lets one of them work at a time, and
//! tells the others when it is due again.

use std::sync::Arc;
use std::time::Duration;

use time::OffsetDateTime;

use crate::domain::clock::Clock;
use crate::store::door::Store;
use crate::store::failure::StoreError;
use crate::store::rollups::{self, CheckBegun, Compared, Refreshed};

/// Between two questions whether a refresh is due. The database sees to it that refreshing takes a
/// twentieth of the time at most.
const PAUSE: Duration = Duration::from_secs(3);

/// Longest between two questions: another program may have changed what is due.
const LONGEST_PAUSE: Duration = Duration::from_secs(60);

/// After a failure that will not pass by itself: a login that may not, views that are not there.
const LONG_PAUSE: Duration = Duration::from_secs(60);

/// While somebody else is at the rollups.
const BUSY_PAUSE: Duration = Duration::from_millis(200);

/// How often a month is tried that others hold; each try is short, and a refresh of theirs may be long.
const BUSY_TRIES: u32 = 3_000;

/// Why a check was not made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotChecked {
    /// It was done since the night.
    NotDue,
    /// Somebody else is doing it.
    Busy,
}

/// Keeps the rollups for as long as it is polled; dropping it gives up what is under way, which leaves
/// the rollups as they were before.
pub async fn keep_rollups(store: Store, clock: Arc<dyn Clock>) {
    let mut trouble: Option<String> = None;
    loop {
        let pause = match round(&store, clock.as_ref()).await {
            Ok(pause) => {
                if trouble.take().is_some() {
                    tracing::info!("the rollups can be kept again");
                }
                pause
            }
            Err(error) if error.is_contention() => PAUSE,
            Err(error) => {
                let text = error.without_data();
                if trouble.as_ref() != Some(&text) {
                    // The same trouble every minute is one line.
                    tracing::warn!(error = %text, "the rollups cannot be kept; screens show the last figures with their age");
                    trouble = Some(text);
                }
                LONG_PAUSE
            }
        };
        tokio::time::sleep(pause).await;
    }
}

/// One refresh, and the check where it is due; how long to wait then.
async fn round(store: &Store, clock: &dyn Clock) -> Result<Duration, StoreError> {
    let due_in = match rollups::refresh(store, clock.now(), false).await? {
        Refreshed::Busy => return Ok(PAUSE),
        Refreshed::NotDue(due_in) => due_in,
        Refreshed::Done {
            changed,
            took_ms,
            due_in_ms,
        } => {
            tracing::debug!(changed, took_ms, due_in_ms, "refreshed the rollups");
            due_in_ms
        }
        Refreshed::Empty => {
            check_rollups(store, clock, false).await?.ok();
            return Ok(PAUSE);
        }
    };
    check_rollups(store, clock, false).await?.ok();
    Ok(Duration::from_millis(due_in).clamp(PAUSE, LONGEST_PAUSE))
}

/// Brings the rollups up to date now, filling them first where they never were.
///
/// # Errors
/// When the database fails.
pub async fn refresh_rollups(store: &Store, clock: &dyn Clock) -> Result<Refreshed, StoreError> {
    let refreshed = rollups::refresh(store, clock.now(), true).await?;
    if refreshed == Refreshed::Empty
        && check_rollups(store, clock, true).await? == Err(NotChecked::Busy)
    {
        return Ok(Refreshed::Busy);
    }
    if refreshed == Refreshed::Empty {
        return rollups::refresh(store, clock.now(), true).await;
    }
    Ok(refreshed)
}

/// Compares everything with the rows themselves, month by month, and mends it; where the rollups were
/// never filled, that fills them. Only where it is due, unless it is `force`d.
///
/// # Errors
/// When the database fails; months that were compared stay mended.
pub async fn check_rollups(
    store: &Store,
    clock: &dyn Clock,
    force: bool,
) -> Result<Result<Compared, NotChecked>, StoreError> {
    check_rollups_telling(store, clock, force, |_, _| {}).await
}

/// [`check_rollups`], telling each month by its first day as it is done, the latest first.
///
/// # Errors
/// As there.
pub async fn check_rollups_telling(
    store: &Store,
    clock: &dyn Clock,
    force: bool,
    mut tell: impl FnMut(time::Date, Compared) + Send,
) -> Result<Result<Compared, NotChecked>, StoreError> {
    let began = clock.now();
    let months = match rollups::begin_check(store, began, force).await? {
        CheckBegun::Months(months) => months,
        CheckBegun::NotDue => return Ok(Err(NotChecked::NotDue)),
        CheckBegun::Busy => return Ok(Err(NotChecked::Busy)),
    };
    if !months.is_empty() {
        tracing::info!(months = months.len(), "comparing the rollups with the rows");
    }
    let mut total = Compared::default();
    for month in months {
        let compared = month_in_turn(store, clock, month).await?;
        tracing::info!(%month, keys = compared.keys, differences = compared.differences, "compared a month");
        tell(month, compared);
        total.keys += compared.keys;
        total.differences += compared.differences;
    }
    let took = passed(began, clock.now());
    rollups::end_check(store, began, took, total).await?;
    Ok(Ok(total))
}

/// Compares a month, waiting for whoever else is at the rollups.
async fn month_in_turn(
    store: &Store,
    clock: &dyn Clock,
    month: time::Date,
) -> Result<Compared, StoreError> {
    let mut tries = 0;
    loop {
        tries += 1;
        match rollups::check_month(store, clock.now(), month).await {
            Ok(Some(compared)) => return Ok(compared),
            Ok(None) if tries < BUSY_TRIES => {}
            Err(error) if error.is_contention() && tries < BUSY_TRIES => {}
            Ok(None) => {
                return Err(StoreError::Impossible(
                    "the rollups were held by others all the time".to_owned(),
                ));
            }
            Err(error) => return Err(error),
        }
        tokio::time::sleep(BUSY_PAUSE).await;
    }
}

fn passed(from: OffsetDateTime, to: OffsetDateTime) -> u64 {
    u64::try_from((to - from).whole_milliseconds()).unwrap_or(0)
}
