//! Look at the clusters from an open console, where its login may: where nobody runs the headless program, as in
//! the sandbox, nothing would ever be known of them.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt as _;
use tokio::sync::watch;

use crate::clusters::connections::Connections;
use crate::domain::clock::Clock;
use crate::secrets::sealing::Identities;
use crate::store::door::Store;
use crate::store::outbox;
use crate::usecases::snapshot_clusters::snapshot_clusters;

/// Between two questions whether a cluster is due.
const EVERY: Duration = Duration::from_secs(2);

/// How often, while the database says no.
const PATIENCE: Duration = Duration::from_secs(60);

/// Works until it is dropped, and starts again should it ever panic.
pub async fn snapshot_own(
    store: Store,
    clock: Arc<dyn Clock>,
    identities: watch::Receiver<Identities>,
) {
    loop {
        let work = work(&store, clock.as_ref(), identities.clone());
        let work = AssertUnwindSafe(work).catch_unwind();
        if work.await.is_err() {
            tracing::error!("looking at clusters panicked and starts again");
        }
        tokio::time::sleep(PATIENCE).await;
    }
}

async fn work(store: &Store, clock: &dyn Clock, mut identities: watch::Receiver<Identities>) {
    let mut connections = opening_with(&mut identities);
    loop {
        if identities.has_changed().unwrap_or(false) {
            connections = opening_with(&mut identities);
        }
        let may = outbox::may_execute(store, connections.public_keys())
            .await
            .unwrap_or_default();
        if !may.reaches_clusters {
            // Whoever gives a key now wants to see it used.
            let _ = tokio::time::timeout(PATIENCE, identities.changed()).await;
            identities.mark_changed();
            continue;
        }
        // A database that is away is tried again with the next question.
        let _ = snapshot_clusters(store, &connections, clock).await;
        tokio::time::sleep(EVERY).await;
    }
}

fn opening_with(identities: &mut watch::Receiver<Identities>) -> Connections {
    let identities = identities.borrow_and_update().clone();
    Connections::default().opening_with(identities)
}
