//! How much waits, and since when.

use sqlx::FromRow;
use time::OffsetDateTime;

use crate::statement;
use crate::store::door::Store;
use crate::store::failure::StoreError;

/// What waits of one kind.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct QueueFigure {
    /// `inbox`, `outbox` or `schedule`.
    pub queue: String,
    /// Whose: `stripe`, `hopsworks`, or the schedule's name.
    pub system: String,
    /// `pending`, `conflict`, `dead`; `refreshed` for schedules.
    pub state: String,
    /// How many.
    pub rows: i64,
    /// Seconds since the oldest came, or since the schedule ran.
    pub oldest_seconds: i64,
}

/// Counts.
///
/// # Errors
/// Whatever the database says.
pub async fn queue_figures(
    store: &Store,
    now: OffsetDateTime,
) -> Result<Vec<QueueFigure>, StoreError> {
    let mut reading = store.read().await?;
    let figures = statement!("queue_figures.sql").rows().bind(now);
    let figures = reading.all(figures).await?;
    reading.end().await?;
    Ok(figures)
}
