//! The third worker: reads providers back, so that what never arrived is noticed.

use std::panic::AssertUnwindSafe;
use std::time::Duration;

use futures_util::FutureExt as _;
use tokio::sync::watch;

use crate::receiver::context::Context;
use crate::usecases::read_back_users::{ReadBack, read_back_users};

/// Between two questions whether it is due.
const LOOK_EVERY: Duration = Duration::from_secs(15);

/// Works until told to stop, and starts again should it ever panic. Without a way to the tenant there is
/// nothing to read back.
pub(super) async fn keep_reading_back(context: Context, stop: watch::Receiver<bool>) {
    if context.parts.effects.management.is_none() {
        return;
    }
    loop {
        let work = AssertUnwindSafe(work(&context, stop.clone())).catch_unwind();
        if work.await.is_ok() {
            return;
        }
        tracing::error!("the worker that reads back panicked and starts again");
        tokio::time::sleep(LOOK_EVERY).await;
    }
}

async fn work(context: &Context, mut stop: watch::Receiver<bool>) {
    let parts = &context.parts;
    let Some(management) = &parts.effects.management else {
        return;
    };
    let mut trouble: Option<String> = None;
    while !*stop.borrow_and_update() {
        let read = tokio::select! {
            read = read_back_users(&parts.store, management, parts.clock.as_ref()) => read,
            // It goes on from the last page, here or elsewhere.
            _ = stop.changed() => return,
        };
        match read {
            Ok(None) => {}
            Ok(Some(done)) => {
                trouble = None;
                tell(done);
                if done.filled_in > 0 {
                    context.wake.notify_one();
                }
            }
            Err(error) => {
                let text = error.without_data();
                if trouble.as_ref() != Some(&text) {
                    tracing::warn!(error = %text, "Auth0's users could not be read back");
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

fn tell(done: ReadBack) {
    let ReadBack {
        seen,
        filled_in,
        without_address,
    } = done;
    if filled_in > 0 {
        tracing::warn!(
            seen,
            filled_in,
            without_address,
            "registrations had never arrived, and were read back"
        );
    } else {
        tracing::info!(
            seen,
            without_address,
            "read Auth0's users back; nothing was missing"
        );
    }
}
