//! The worker: applies what the inbox holds, as soon as it holds it.

use std::panic::AssertUnwindSafe;

use futures_util::FutureExt as _;
use tokio::sync::watch;

use crate::receiver::context::Context;
use crate::store::failure::StoreError;
use crate::usecases::apply_inbox::{Round, apply_inbox};
use crate::wire::store_failure::store_failure;

/// Works until told to stop, and starts again should it ever panic: a receiver that stores but no
/// longer applies looks healthy from outside.
pub(super) async fn keep_working(context: Context, stop: watch::Receiver<bool>) {
    loop {
        let work = AssertUnwindSafe(work(&context, stop.clone())).catch_unwind();
        if work.await.is_ok() {
            return;
        }
        tracing::error!("the worker panicked and starts again");
        tokio::time::sleep(context.parts.limits.poll).await;
    }
}

/// Applies what is due; then waits to be woken by a request of this process, or looks again after a
/// moment: other replicas store events too, and leave some behind when they die.
async fn work(context: &Context, mut stop: watch::Receiver<bool>) {
    let parts = &context.parts;
    let mut trouble: Option<String> = None;
    loop {
        // Asked before the round: the last request's event is applied, a backlog is left to others.
        let last = *stop.borrow_and_update();
        let applied = apply_inbox(
            &parts.store,
            parts.clock.now(),
            parts.random.as_ref(),
            context.keys().stripe.applied_for(),
        );
        let more = match tokio::time::timeout(parts.limits.round, applied).await {
            Ok(Ok(round)) => {
                if trouble.take().is_some() {
                    tracing::info!("the worker can work again");
                }
                context.metrics.applied(round);
                tell(round);
                round.events() > 0
            }
            Ok(Err(error)) => {
                complain(context, &mut trouble, error.without_data(), Some(&error));
                false
            }
            Err(_) => {
                let text = "the database did not answer in time".to_owned();
                complain(context, &mut trouble, text, None);
                false
            }
        };
        if last {
            return;
        }
        if more {
            // Storing comes first: senders give up, the inbox does not.
            if context.pressed() {
                tokio::time::sleep(parts.limits.stand_back).await;
            }
            continue;
        }
        tokio::select! {
            () = context.wake.notified() => {}
            () = tokio::time::sleep(parts.limits.poll) => {}
            _ = stop.changed() => {}
        }
    }
}

fn tell(round: Round) {
    if round.events() > 0 {
        tracing::info!(
            done = round.done,
            conflicts = round.conflicts,
            put_off = round.put_off,
            dead = round.dead,
            "applied events"
        );
    }
}

/// The same trouble every second is one line, not a thousand.
fn complain(
    context: &Context,
    trouble: &mut Option<String>,
    text: String,
    error: Option<&StoreError>,
) {
    if trouble.as_ref() == Some(&text) {
        return;
    }
    let advice = error
        .map(|error| store_failure(error, &context.parts.place, &context.reference()).message)
        .unwrap_or_default();
    tracing::warn!(error = %text, advice, "cannot work; events stay pending");
    *trouble = Some(text);
}
