//! The worker that says which private keys this program holds: at the start, when they are exchanged, and once a minute. Where
//! none of them opens what is sealed of the clusters, the log and the metrics say so, and the window does, too.

use std::panic::AssertUnwindSafe;
use std::time::Duration;

use futures_util::FutureExt as _;
use tokio::sync::watch;

use crate::receiver::context::Context;
use crate::store::sealing::KeysHeld;
use crate::usecases::hold_keys::{forget_old, report_keys};

/// Between two reports.
const EVERY: Duration = Duration::from_secs(60);

/// Works until told to stop, and starts again should it ever panic.
pub(super) async fn keep_reporting(context: Context, stop: watch::Receiver<bool>) {
    loop {
        let work = AssertUnwindSafe(work(&context, stop.clone())).catch_unwind();
        if work.await.is_ok() {
            return;
        }
        tracing::error!("the worker that says which keys there are panicked and starts again");
        tokio::time::sleep(EVERY).await;
    }
}

async fn work(context: &Context, mut stop: watch::Receiver<bool>) {
    let mut told = None;
    while !*stop.borrow_and_update() {
        tokio::select! {
            () = report(context, &mut told) => {}
            _ = stop.changed() => return,
        }
        tokio::select! {
            () = context.keys_renewed.notified() => {}
            () = tokio::time::sleep(EVERY) => {}
            _ = stop.changed() => {}
        }
    }
}

/// A database that is away is told of by others, and asked again.
async fn report(context: &Context, told: &mut Option<KeysHeld>) {
    let parts = &context.parts;
    match report_keys(&parts.store, &parts.effects.connections).await {
        Ok(held) => {
            context
                .metrics
                .keys_held(held.unopened, held.recipients > 0 && held.held == 0);
            if *told != Some(held) {
                tell(held, told.is_some());
                *told = Some(held);
            }
        }
        Err(error) => {
            tracing::debug!(error = %error.without_data(), "which keys there are is not said");
        }
    }
    match forget_old(&parts.store, parts.clock.now()).await {
        Ok(0) => {}
        Ok(forgotten) => tracing::info!(
            forgotten,
            "secrets that were replaced long ago are forgotten"
        ),
        Err(error) => {
            tracing::debug!(error = %error.without_data(), "old secrets are not forgotten");
        }
    }
}

fn tell(held: KeysHeld, before: bool) {
    if held.recipients > 0 && held.held == 0 {
        tracing::warn!(
            recipients = held.recipients,
            unopened = held.unopened,
            "none of the keys that secrets of clusters are sealed to is here: set HOPSDESK_IDENTITY_FILE"
        );
    } else if held.unopened > 0 {
        tracing::warn!(
            unopened = held.unopened,
            "some sealed secrets of clusters do not open: run `hopsdesk-webhook secrets reseal`"
        );
    } else if before {
        tracing::info!("every sealed secret of the clusters opens");
    }
}
