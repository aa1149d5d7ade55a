//! The worker that gives seats: to whoever registered or paid, as soon as there is one.

use crate::receiver::context::Context;
use crate::receiver::worker::{Words, Worker};
use crate::store::failure::StoreError;
use crate::store::seats::Placed;
use crate::usecases::place_waiting::place_waiting;

/// Gives seats.
pub(super) struct Placing;

impl Worker for Placing {
    const WORDS: Words = Words {
        panicked: "the worker that gives seats panicked and starts again",
        stuck: "whoever waits for a seat goes on waiting",
        again: "seats can be given again",
    };

    async fn round(&mut self, context: &Context) -> Result<bool, StoreError> {
        match place_waiting(&context.parts.store).await {
            Ok(placed) => tell(placed),
            // Others are in the middle of what decides. What takes too long by itself is no contention, and is told.
            Err(error) if error.is_held() => {}
            Err(error) => return Err(error),
        }
        Ok(false)
    }

    /// Who waits, and where there is room, is decided in the database, which wakes nobody.
    async fn rest(&self, context: &Context) {
        tokio::time::sleep(context.parts.limits.poll).await;
    }
}

fn tell(placed: Placed) {
    if placed != Placed::default() {
        tracing::info!(
            placed = placed.placed,
            waiting = placed.waiting,
            shadowed = placed.shadowed,
            withdrawn = placed.withdrawn,
            "seats"
        );
    }
}
