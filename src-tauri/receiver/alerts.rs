//! The worker that looks what is wrong, and tells it outside.

use crate::receiver::context::Context;
use crate::receiver::worker::{Words, Worker};
use crate::store::failure::StoreError;
use crate::usecases::tell_alerts::{Teller, tell_alerts};
use crate::usecases::watch_alerts::watch_alerts;

/// Raises, resolves and tells alerts. What was being told when the program stops is told again when its lease is over.
pub(super) struct Alerting;

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
