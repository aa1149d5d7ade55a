//! The worker that applies what the inbox holds, as soon as it holds it.

use std::sync::atomic::Ordering;
use std::time::Duration;

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
        let arrived = context
            .arrived
            .load(Ordering::Relaxed)
            .wrapping_sub(arrived);
        // Storing comes first: senders give up, the inbox does not.
        let pause = standing_back(
            begun.elapsed(),
            round.events(),
            arrived,
            context.pressed(),
            parts.limits.stand_back,
        );
        if !pause.is_zero() {
            tokio::time::sleep(pause.min(parts.limits.poll)).await;
        }
        Ok(round.events() > 0)
    }

    /// A request of this process wakes it; and other replicas store events too, and leave some behind when they die.
    async fn rest(&self, context: &Context) {
        tokio::select! {
            () = context.wake.notified() => {}
            () = tokio::time::sleep(context.parts.limits.poll) => {}
        }
    }
}

/// How long the worker leaves the database to whoever stores, after a batch that took so long: as many times as long as
/// `most` says where many wait for it; where more arrived than were applied, by how much more; else not at all.
fn standing_back(
    took: Duration,
    applied: usize,
    arrived: usize,
    pressed: bool,
    most: u32,
) -> Duration {
    let Some(applied) = u32::try_from(applied).ok().filter(|&applied| applied > 0) else {
        return Duration::ZERO;
    };
    let short = u32::try_from(arrived)
        .unwrap_or(u32::MAX)
        .saturating_sub(applied);
    if pressed || short / applied >= most {
        took * most
    } else {
        took * short / applied
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_stands_back_by_what_is_short_and_no_further() {
        let took = Duration::from_millis(100);
        for (applied, arrived, pressed, wanted) in [
            (0, 5, true, 0),
            (32, 0, false, 0),
            (32, 32, false, 0),
            (32, 40, false, 25),
            (32, 96, false, 200),
            (1, 1000, false, 900),
            (32, 0, true, 900),
        ] {
            let pause = standing_back(took, applied, arrived, pressed, 9);
            assert_eq!(
                pause.as_millis(),
                wanted,
                "{applied} of {arrived}, {pressed}"
            );
        }
    }
}
