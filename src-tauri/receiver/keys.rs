//! The worker that says which private keys this program holds: at the start, when they are exchanged, and once a minute. Where
//! none of them opens what is sealed of the clusters, the log and the metrics say so, and the window does, too.

use std::time::Duration;

use crate::receiver::context::Context;
use crate::receiver::worker::{Words, Worker};
use crate::store::failure::StoreError;
use crate::store::sealing::KeysHeld;
use crate::usecases::hold_keys::{forget_old, report_keys};

/// Between two reports.
const EVERY: Duration = Duration::from_secs(60);

/// Says which private keys there are, and forgets secrets that were replaced long ago.
#[derive(Default)]
pub(super) struct Reporting {
    /// What was said last.
    told: Option<KeysHeld>,
}

impl Worker for Reporting {
    const WORDS: Words = Words {
        panicked: "the worker that says which keys there are panicked and starts again",
        stuck: "which keys there are is not said",
        again: "which keys there are can be said again",
    };

    async fn round(&mut self, context: &Context) -> Result<bool, StoreError> {
        let parts = &context.parts;
        let held = report_keys(&parts.store, &parts.effects.connections).await?;
        let without = held.recipients > 0 && held.held == 0;
        context.metrics.keys_held(held.unopened, without);
        if self.told != Some(held) {
            tell(held, self.told.is_some());
            self.told = Some(held);
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
        Ok(false)
    }

    async fn rest(&self, context: &Context) {
        tokio::select! {
            () = context.keys_renewed.notified() => {}
            () = tokio::time::sleep(EVERY) => {}
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
