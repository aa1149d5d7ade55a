//! Give seats to those who wait for one, in their order.

use crate::store::door::Store;
use crate::store::failure::StoreError;
use crate::store::seats::{self, Placed};

/// How many people are locked at a time: whoever acts on one of them waits for the rest.
const AT_ONCE: i32 = 20;

/// Goes through the line until nothing is left to do. Any number of programs may do this at once.
///
/// # Errors
/// When the database is away, or somebody holds what is needed for too long; what was given stays given.
pub async fn place_waiting(store: &Store) -> Result<Placed, StoreError> {
    let mut total = Placed::default();
    while let Some(round) = seats::place(store, AT_ONCE).await? {
        total.placed += round.placed;
        total.waiting += round.waiting;
        total.shadowed += round.shadowed;
        total.withdrawn += round.withdrawn;
    }
    Ok(total)
}
