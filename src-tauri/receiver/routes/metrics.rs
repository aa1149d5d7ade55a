//! `GET /metrics`: what Prometheus collects.

use std::time::Duration;

use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse as _, Response};
use tokio::time::Instant;

use crate::receiver::answer::Answer;
use crate::receiver::context::Context;
use crate::store::queues::queue_figures;

/// Levels are as old as this at most: anybody may ask, and counting costs the database something.
const FRESH: Duration = Duration::from_secs(5);

/// The database has this long; without it the counters are told alone.
const PATIENCE: Duration = Duration::from_secs(3);

/// The type that Prometheus knows the format by.
const OPENMETRICS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// Counters of this replica, and levels of the queues, which are the same for all.
pub(super) async fn tell(State(context): State<Context>) -> Response {
    {
        let mut counted = context.counted.lock().await;
        if counted.is_none_or(|at| at.elapsed() >= FRESH) {
            let asked = queue_figures(&context.parts.store, context.parts.clock.now());
            match tokio::time::timeout(PATIENCE, asked).await {
                Ok(Ok(figures)) => context.metrics.levels(figures),
                Ok(Err(error)) => {
                    tracing::warn!(error = %error.without_data(), "the queues were not counted");
                }
                Err(_) => tracing::warn!("the queues were not counted in time"),
            }
            *counted = Some(Instant::now());
        }
    }
    match context.metrics.text() {
        Ok(text) => ([(header::CONTENT_TYPE, OPENMETRICS)], text).into_response(),
        Err(_) => Answer::unexpected(&context.reference()).into_response(),
    }
}
