//! Applying events of the inbox again.

use serde_json::Value;
use time::OffsetDateTime;

use crate::statement;
use crate::store::door::Store;
use crate::store::failure::StoreError;

/// Which events, and whether it is meant.
#[derive(Debug, Clone)]
pub struct Replay {
    /// By their ids; none: by when they came.
    pub ids: Option<Vec<i64>>,
    /// From then.
    pub from: Option<OffsetDateTime>,
    /// Until before then.
    pub until: Option<OffsetDateTime>,
    /// `done`, `conflict`, `dead`; none: all three.
    pub states: Option<Vec<String>>,
    /// `auth0` or `stripe`; none: both.
    pub provider: Option<String>,
    /// For the record.
    pub reason: Option<String>,
    /// Only count.
    pub dry_run: bool,
}

/// How many events are, or would be, applied again.
///
/// # Errors
/// Whatever the database says; then nothing was changed.
pub async fn replay(store: &Store, replay: Replay) -> Result<i64, StoreError> {
    let query = statement!("event_replay.sql")
        .rows::<(Value,)>()
        .bind(replay.ids)
        .bind(replay.from)
        .bind(replay.until)
        .bind(replay.states)
        .bind(replay.provider)
        .bind(replay.reason)
        .bind(replay.dry_run);
    let mut writing = store.write().await?;
    let (answer,) = writing.one(query).await?;
    writing.commit().await?;
    answer["count"]
        .as_i64()
        .ok_or_else(|| StoreError::Impossible("a replay did not say how many".to_owned()))
}
