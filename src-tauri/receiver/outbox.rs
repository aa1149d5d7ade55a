//! The worker that carries effects out in other systems, as soon as somebody decides them.

use crate::receiver::context::Context;
use crate::receiver::worker::{Words, Worker};
use crate::store::failure::StoreError;
use crate::usecases::execute_outbox::{Executed, Executor, execute_outbox};

/// Carries effects out. What is under way when the program stops is done again when its lease is over.
pub(super) struct Executing;

impl Worker for Executing {
    const WORDS: Words = Words {
        panicked: "the worker of effects panicked and starts again",
        stuck: "effects in other systems wait",
        again: "effects in other systems can be carried out again",
    };

    async fn round(&mut self, context: &Context) -> Result<bool, StoreError> {
        let parts = &context.parts;
        let keys = context.keys();
        let executor = Executor {
            store: &parts.store,
            connections: &parts.effects.connections,
            clock: parts.clock.as_ref(),
            random: parts.random.as_ref(),
            client_id: parts.effects.client_id.as_deref(),
            management: keys.management.as_ref(),
            own_only: false,
            systems: None,
        };
        let round = execute_outbox(&executor).await?;
        tell(round);
        // What was only put off is not due; somebody else's is not ours.
        Ok(round.done + round.dead + round.compared > 0)
    }

    /// Effects are decided in the database, which wakes nobody.
    async fn rest(&self, context: &Context) {
        tokio::time::sleep(context.parts.limits.poll).await;
    }
}

fn tell(round: Executed) {
    if round.effects() > 0 {
        tracing::info!(
            done = round.done,
            put_off = round.put_off,
            dead = round.dead,
            compared = round.compared,
            lost = round.lost,
            "effects in other systems"
        );
    }
}
