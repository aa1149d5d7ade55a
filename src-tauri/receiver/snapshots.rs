//! The worker that looks at the clusters, so that the console can say how they are.

use std::time::Duration;

use crate::receiver::context::Context;
use crate::receiver::worker::{Words, Worker};
use crate::store::failure::StoreError;
use crate::usecases::snapshot_clusters::snapshot_clusters;

/// Between two questions whether a cluster is due.
const LOOK_EVERY: Duration = Duration::from_secs(5);

/// Looks at clusters. What is under way when the program stops is looked at again when its turn is over.
pub(super) struct Looking;

impl Worker for Looking {
    const WORDS: Words = Words {
        panicked: "the worker that looks at clusters panicked and starts again",
        stuck: "clusters cannot be looked at",
        again: "clusters can be looked at again",
    };

    async fn round(&mut self, context: &Context) -> Result<bool, StoreError> {
        let parts = &context.parts;
        let (store, clock) = (&parts.store, parts.clock.as_ref());
        let looked = snapshot_clusters(store, &parts.effects.connections, clock).await?;
        if looked.known + looked.unknown + looked.lost > 0 {
            tracing::debug!(
                known = looked.known,
                unknown = looked.unknown,
                lost = looked.lost,
                "looked at clusters"
            );
        }
        Ok(false)
    }

    async fn rest(&self, _: &Context) {
        tokio::time::sleep(LOOK_EVERY).await;
    }
}
