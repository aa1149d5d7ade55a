//! The fourth worker: looks at the clusters, so that the console can say how they are.

use std::panic::AssertUnwindSafe;
use std::time::Duration;

use futures_util::FutureExt as _;
use tokio::sync::watch;

use crate::receiver::context::Context;
use crate::usecases::snapshot_clusters::snapshot_clusters;

/// Between two questions whether a cluster is due.
const LOOK_EVERY: Duration = Duration::from_secs(5);

/// Works until told to stop, and starts again should it ever panic.
pub(super) async fn keep_looking(context: Context, stop: watch::Receiver<bool>) {
    loop {
        let work = AssertUnwindSafe(work(&context, stop.clone())).catch_unwind();
        if work.await.is_ok() {
            return;
        }
        tracing::error!("the worker that looks at clusters panicked and starts again");
        tokio::time::sleep(LOOK_EVERY).await;
    }
}

async fn work(context: &Context, mut stop: watch::Receiver<bool>) {
    let parts = &context.parts;
    let mut trouble: Option<String> = None;
    while !*stop.borrow_and_update() {
        let looked = tokio::select! {
            looked = snapshot_clusters(&parts.store, &parts.effects.connections, parts.clock.as_ref()) => looked,
            // Whatever is under way is looked at again when its turn is over.
            _ = stop.changed() => return,
        };
        match looked {
            Ok(looked) => {
                if trouble.take().is_some() {
                    tracing::info!("clusters can be looked at again");
                }
                if looked.known + looked.unknown + looked.lost > 0 {
                    tracing::debug!(
                        known = looked.known,
                        unknown = looked.unknown,
                        lost = looked.lost,
                        "looked at clusters"
                    );
                }
            }
            Err(error) => {
                let text = error.without_data();
                if trouble.as_ref() != Some(&text) {
                    tracing::warn!(error = %text, "clusters cannot be looked at");
                    trouble = Some(text);
                }
            }
        }
        tokio::select! {
            () = tokio::time::sleep(LOOK_EVERY) => {}
            _ = stop.changed() => {}
        }
    }
}
