//! The worker that applies what the inbox holds, as soon as it holds it.

use std::sync::atomic::Ordering;

use tokio::time::Instant;

use crate::receiver::context::Context;
use crate::receiver::worker::{Ending, Words, Worker};
use crate::store::failure::StoreError;
use crate::usecases::apply_inbox::{Round, apply_inbox};

/// Applies events.
pub(super) struct Applying;

impl Worker for Applying {
    const WORDS: Words = Words {
        panicked: "the worker panicked and starts again",
        stuck: "cannot work; events stay pending",
        again: "the worker can work again",
    };
    const ENDING: Ending = Ending::Finishes;

    async fn round(&mut self, context: &Context) -> Result<bool, StoreError> {
        let parts = &context.parts;
        let begun = Instant::now();
        let arrived = context.arrived.load(Ordering::Relaxed);
        let applied = apply_inbox(
            &parts.store,
            parts.clock.now(),
            parts.random.as_ref(),
            context.keys().stripe.applied_for(),
            parts.limits.round,
        );
        let round = applied.await?;
        context.metrics.applied(round);
        tell(round);
        let more = round.events() > 0;
        let arrived = context
            .arrived
            .load(Ordering::Relaxed)
            .wrapping_sub(arrived);
        // Storing comes first: senders give up, the inbox does not. While more comes than is applied, hurrying helps nobody.
        if more && (context.pressed() || arrived > round.events()) {
            let rest = begun.elapsed() * parts.limits.stand_back;
            tokio::time::sleep(rest.min(parts.limits.poll)).await;
        }
        Ok(more)
    }

    /// A request of this process wakes it; and other replicas store events too, and leave some behind when they die.
    async fn rest(&self, context: &Context) {
        tokio::select! {
            () = context.wake.notified() => {}
            () = tokio::time::sleep(context.parts.limits.poll) => {}
        }
    }
}

fn tell(round: Round) {
    if round.events() > 0 {
        tracing::info!(
            done = round.done,
            conflicts = round.conflicts,
            put_off = round.put_off,
            dead = round.dead,
            "applied events"
        );
    }
}
