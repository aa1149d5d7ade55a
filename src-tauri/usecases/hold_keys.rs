//! Hold the keys of clusters: say whose private keys this program has, learn what they open, and forget what was replaced
//! long ago.

use time::{Duration, OffsetDateTime};

use crate::clusters::connections::Connections;
use crate::store::door::Store;
use crate::store::failure::StoreError;
use crate::store::sealing::{self, KeysHeld};

/// Replaced secrets that are kept of each.
const KEPT: i32 = 5;

/// How long each of them is kept: a slip is noticed by then.
const LONGEST: Duration = Duration::days(180);

/// Says which keys there are, and what they are good for.
///
/// # Errors
/// When the database fails.
pub async fn report_keys(store: &Store, connections: &Connections) -> Result<KeysHeld, StoreError> {
    sealing::report_keys(store, connections.public_keys()).await
}

/// Forgets what was replaced long ago, or by many since; how many.
///
/// # Errors
/// When the database fails.
pub async fn forget_old(store: &Store, now: OffsetDateTime) -> Result<i64, StoreError> {
    sealing::forget_old(store, KEPT, now - LONGEST).await
}
