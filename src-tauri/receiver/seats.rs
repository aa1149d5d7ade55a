//! The worker that gives seats: to whoever registered or paid, as soon as there is one.

use std::panic::AssertUnwindSafe;

use futures_util::FutureExt as _;
use tokio::sync::watch;

use crate::receiver::context::Context;
use crate::store::seats::Placed;
use crate::usecases::place_waiting::place_waiting;

/// Works until told to stop, and starts again should it ever panic.
pub(super) async fn keep_placing(context: Context, stop: watch::Receiver<bool>) {
    loop {
        let work = AssertUnwindSafe(work(&context, stop.clone())).catch_unwind();
        if work.await.is_ok() {
            return;
        }
        tracing::error!("the worker that gives seats panicked and starts again");
        tokio::time::sleep(context.parts.limits.poll).await;
    }
}

/// Looks again after a moment: who waits, and where there is room, is decided in the database, which wakes nobody.
async fn work(context: &Context, mut stop: watch::Receiver<bool>) {
    let parts = &context.parts;
    let mut trouble: Option<String> = None;
    while !*stop.borrow_and_update() {
        let placed = tokio::select! {
            placed = place_waiting(&parts.store) => placed,
            // What is not committed is done by whoever comes next.
            _ = stop.changed() => return,
        };
        match placed {
            Ok(placed) => {
                if trouble.take().is_some() {
                    tracing::info!("seats can be given again");
                }
                tell(placed);
            }
            // Others are in the middle of what decides. What takes too long by itself is no contention, and is told.
            Err(error) if error.is_held() => {}
            Err(error) => {
                let text = error.without_data();
                if trouble.as_ref() != Some(&text) {
                    tracing::warn!(error = %text, "whoever waits for a seat goes on waiting");
                    trouble = Some(text);
                }
            }
        }
        tokio::select! {
            () = tokio::time::sleep(parts.limits.poll) => {}
            _ = stop.changed() => {}
        }
    }
}

fn tell(placed: Placed) {
    if placed != Placed::default() {
        tracing::info!(
            placed = placed.placed,
            waiting = placed.waiting,
            shadowed = placed.shadowed,
            withdrawn = placed.withdrawn,
            "seats"
        );
    }
}
