//! The second worker: carries effects out in other systems, as soon as somebody decides them.

use std::panic::AssertUnwindSafe;

use futures_util::FutureExt as _;
use tokio::sync::watch;

use crate::receiver::context::Context;
use crate::usecases::execute_outbox::{Executed, Executor, execute_outbox};

/// Works until told to stop, and starts again should it ever panic.
pub(super) async fn keep_executing(context: Context, stop: watch::Receiver<bool>) {
    loop {
        let work = AssertUnwindSafe(work(&context, stop.clone())).catch_unwind();
        if work.await.is_ok() {
            return;
        }
        tracing::error!("the worker of effects panicked and starts again");
        tokio::time::sleep(context.parts.limits.poll).await;
    }
}

/// Does what is due, and looks again after a moment: effects are decided in the database, which wakes
/// nobody.
async fn work(context: &Context, mut stop: watch::Receiver<bool>) {
    let parts = &context.parts;
    let mut trouble: Option<String> = None;
    while !*stop.borrow_and_update() {
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
        let round = tokio::select! {
            round = execute_outbox(&executor) => round,
            // Whatever is under way is done again when its lease is over.
            _ = stop.changed() => return,
        };
        let more = match round {
            Ok(round) => {
                if trouble.take().is_some() {
                    tracing::info!("effects in other systems can be carried out again");
                }
                tell(round);
                // What was only put off is not due; somebody else's is not ours.
                round.done + round.dead + round.compared > 0
            }
            Err(error) => {
                let text = error.without_data();
                if trouble.as_ref() != Some(&text) {
                    tracing::warn!(error = %text, "effects in other systems wait");
                    trouble = Some(text);
                }
                false
            }
        };
        if more {
            continue;
        }
        tokio::select! {
            () = tokio::time::sleep(parts.limits.poll) => {}
            _ = stop.changed() => {}
        }
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
