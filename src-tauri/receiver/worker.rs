//! The worker: applies what the inbox holds, as soon as it holds it.

use tokio::sync::watch;

use crate::receiver::context::Context;
use crate::usecases::apply_inbox::apply_inbox;
use crate::wire::store_failure::store_failure;

/// Works until told to stop, and starts again should it ever panic: a receiver that stores but no
/// longer applies looks healthy from outside.
pub(super) async fn keep_working(context: Context, stop: watch::Receiver<bool>) {
    loop {
        let work = tokio::spawn(work(context.clone(), stop.clone()));
        if work.await.is_ok() {
            return;
        }
        tracing::error!("the worker panicked and starts again");
        tokio::time::sleep(context.parts.limits.poll).await;
    }
}

/// Applies what is due; then waits to be woken by a request of this process, or looks again after a
/// moment: other replicas store events too, and leave some behind when they die.
async fn work(context: Context, mut stop: watch::Receiver<bool>) {
    let parts = &context.parts;
    let mut trouble: Option<String> = None;
    loop {
        match apply_inbox(&parts.store, parts.clock.now(), parts.random.as_ref()).await {
            Ok(round) => {
                if trouble.take().is_some() {
                    tracing::info!("the worker can work again");
                }
                if round.events() > 0 {
                    tracing::info!(
                        done = round.done,
                        conflicts = round.conflicts,
                        put_off = round.put_off,
                        dead = round.dead,
                        "applied events"
                    );
                    continue;
                }
            }
            Err(error) => {
                // The same trouble every second is one line, not a thousand.
                let text = error.without_data();
                if trouble.as_ref() != Some(&text) {
                    let advice = store_failure(&error, &parts.place, &context.reference()).message;
                    tracing::warn!(error = %text, advice, "cannot work; events stay pending");
                    trouble = Some(text);
                }
            }
        }
        if *stop.borrow() {
            return;
        }
        tokio::select! {
            () = context.wake.notified() => {}
            () = tokio::time::sleep(parts.limits.poll) => {}
            _ = stop.changed() => {}
        }
    }
}
