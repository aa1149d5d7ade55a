//! The audit trail's anchor outside the database: where its chains end is logged, and compared with what was logged before.

use tokio::sync::watch;

use crate::domain::audit::{Chain, Verdict};
use crate::receiver::context::Context;
use crate::usecases::audit::{note_trail, watch_audit};

/// Verifies the trail at the start, every few hours, and once more when told to stop, so that the log ends with where
/// the trail did.
pub(super) async fn keep_watch(context: Context, mut stop: watch::Receiver<bool>) {
    let parts = &context.parts;
    let mut remembered = Vec::new();
    loop {
        let last = *stop.borrow_and_update();
        match watch_audit(&parts.store, &mut remembered).await {
            Ok(verdicts) => {
                for verdict in &verdicts {
                    tell(verdict);
                    // An alert says it in the window, too.
                    if let Err(error) = note_trail(&parts.store, verdict, parts.clock.now()).await {
                        tracing::warn!(error = %error.without_data(), "what was found in the audit trail could not be kept");
                    }
                }
            }
            Err(error) => {
                tracing::warn!(error = %error.without_data(), "the audit trail could not be verified");
            }
        }
        if last {
            return;
        }
        tokio::select! {
            () = tokio::time::sleep(parts.limits.trail) => {}
            _ = stop.changed() => {}
        }
    }
}

fn tell(verdict: &Verdict) {
    let Verdict { chain, head, .. } = verdict;
    let chain = Chain::word(*chain);
    match &verdict.flaw {
        None => tracing::info!(
            chain,
            seq = head.seq,
            hash = %head.hash,
            entries = verdict.entries,
            "the audit trail is whole"
        ),
        Some(flaw) => tracing::error!(
            chain,
            seq = head.seq,
            hash = %head.hash,
            flawed = flaw.seq,
            entry = flaw.audit_id,
            problem = %flaw.message,
            "the audit trail is not whole"
        ),
    }
}
