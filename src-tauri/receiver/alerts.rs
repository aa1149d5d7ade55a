//! The fourth worker: looks what is wrong, and tells it outside.

use std::panic::AssertUnwindSafe;

use futures_util::FutureExt as _;
use tokio::sync::watch;

use crate::receiver::context::Context;
use crate::store::failure::StoreError;
use crate::usecases::tell_alerts::{Teller, tell_alerts};
use crate::usecases::watch_alerts::watch_alerts;

/// Works until told to stop, and starts again should it ever panic.
pub(super) async fn keep_alert(context: Context, stop: watch::Receiver<bool>) {
    loop {
        let work = AssertUnwindSafe(work(&context, stop.clone())).catch_unwind();
        if work.await.is_ok() {
            return;
        }
        tracing::error!("the worker of alerts panicked and starts again");
        tokio::time::sleep(context.parts.limits.alerts).await;
    }
}

async fn work(context: &Context, mut stop: watch::Receiver<bool>) {
    let mut trouble: Option<String> = None;
    while !*stop.borrow_and_update() {
        let done = tokio::select! {
            done = round(context).boxed() => done,
            // What was being told is told again when its lease is over.
            _ = stop.changed() => return,
        };
        match done {
            Ok(()) => {
                if trouble.take().is_some() {
                    tracing::info!("alerts can be looked for again");
                }
            }
            Err(error) => {
                let text = error.without_data();
                if trouble.as_ref() != Some(&text) {
                    tracing::warn!(error = %text, "nobody looks what is wrong");
                    trouble = Some(text);
                }
            }
        }
        tokio::select! {
            () = tokio::time::sleep(context.parts.limits.alerts) => {}
            _ = stop.changed() => {}
        }
    }
}

async fn round(context: &Context) -> Result<(), StoreError> {
    let parts = &context.parts;
    let keys = context.keys();
    let ways = keys.outside.ways();
    let clock = parts.clock.as_ref();
    watch_alerts(&parts.store, clock, &ways, &keys.watched()).await?;
    let teller = Teller {
        store: &parts.store,
        outside: &keys.outside,
        service: &parts.service,
        clock,
        random: parts.random.as_ref(),
    };
    // A few at a time: a channel that hangs must not keep us from looking.
    tell_alerts(&teller).await?;
    Ok(())
}
