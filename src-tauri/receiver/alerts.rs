//! The worker that looks what is wrong, and tells it outside.

use tokio::time::Instant;

use crate::receiver::context::Context;
use crate::receiver::worker::{Words, Worker};
use crate::store::alerts::note_fitness;
use crate::store::failure::StoreError;
use crate::store::readiness::{THOROUGH, readiness};
use crate::usecases::tell_alerts::{Teller, tell_alerts};
use crate::usecases::watch_alerts::watch_alerts;
use crate::wire::store_failure::not_ready;

/// Raises, resolves and tells alerts. What was being told when the program stops is told again when its lease is over.
#[derive(Default)]
pub(super) struct Alerting {
    /// When it was looked last whether what is stored can be applied.
    fitness: Option<Instant>,
}

impl Worker for Alerting {
    const WORDS: Words = Words {
        panicked: "the worker of alerts panicked and starts again",
        stuck: "nobody looks what is wrong",
        again: "alerts can be looked for again",
    };

    async fn round(&mut self, context: &Context) -> Result<bool, StoreError> {
        let parts = &context.parts;
        let keys = context.keys();
        let ways = keys.outside.ways();
        let clock = parts.clock.as_ref();
        let due = |at: Instant| at.elapsed() >= parts.limits.fitness;
        if self.fitness.is_none_or(due) {
            // What is wrong besides is told all the same.
            if let Err(error) = look_at_fitness(context).await {
                tracing::warn!(error = %error.without_data(), "nobody sees whether events can be applied");
            }
            self.fitness = Some(Instant::now());
        }
        watch_alerts(&parts.store, clock, &ways, &keys.watched()).await?;
        let teller = Teller {
            store: &parts.store,
            outside: &keys.outside,
            service: &parts.service,
            clock,
            random: parts.random.as_ref(),
        };
        // A few at a time: a channel that hangs must not keep us from looking.
        tell_alerts(&teller).await?;
        Ok(false)
    }

    async fn rest(&self, context: &Context) {
        tokio::time::sleep(context.parts.limits.alerts).await;
    }
}

/// Notes what keeps stored events from being applied, or that nothing does. `/readyz` stays as it is: a replica that
/// stores is of use.
async fn look_at_fitness(context: &Context) -> Result<(), StoreError> {
    let parts = &context.parts;
    let found = readiness(&parts.store, parts.console_version, Some(THOROUGH)).await?;
    // Where nothing is stored nothing can be noted either; the probe says it.
    if !found.stores() {
        return Ok(());
    }
    let problem = not_ready(found, &parts.place).map(|failure| failure.message);
    context.metrics.applies(problem.is_none());
    note_fitness(&parts.store, parts.clock.now(), problem).await
}
