//! The audit trail's anchor outside the database: where its chains end is logged, and compared with what was logged before.

use crate::domain::audit::{Chain, Head, Verdict};
use crate::receiver::context::Context;
use crate::receiver::worker::{Ending, Words, Worker};
use crate::store::failure::StoreError;
use crate::usecases::audit::{note_trail, watch_audit};

/// Verifies the trail at the start, every few hours, and once more when told to stop, so that the log ends with where
/// the trail did.
#[derive(Default)]
pub(super) struct Verifying {
    /// Where each chain ended when it was last whole.
    remembered: Vec<Head>,
}

impl Worker for Verifying {
    const WORDS: Words = Words {
        panicked: "the worker that verifies the audit trail panicked and starts again",
        stuck: "the audit trail could not be verified",
        again: "the audit trail can be verified again",
    };
    const ENDING: Ending = Ending::Finishes;

    async fn round(&mut self, context: &Context) -> Result<bool, StoreError> {
        let parts = &context.parts;
        for verdict in &watch_audit(&parts.store, &mut self.remembered).await? {
            tell(verdict);
            // An alert says it in the window, too.
            if let Err(error) = note_trail(&parts.store, verdict, parts.clock.now()).await {
                tracing::warn!(error = %error.without_data(), "what was found in the audit trail could not be kept");
            }
        }
        Ok(false)
    }

    async fn rest(&self, context: &Context) {
        tokio::time::sleep(context.parts.limits.trail).await;
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
