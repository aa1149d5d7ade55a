//! `GET /healthz` and `GET /readyz`: alive, and fit to work.

use axum::extract::State;
use axum::http::StatusCode;

use crate::receiver::answer::Answer;
use crate::receiver::context::Context;
use crate::store::readiness::readiness;
use crate::wire::failure::{Failure, FailureCode};
use crate::wire::store_failure::{not_ready, store_failure};

/// 200 as long as the program answers at all. It asks nobody else: restarting this program does not
/// bring a database back.
pub(super) async fn alive() -> Answer {
    Answer::new(StatusCode::OK, "alive", "The receiver is alive.")
}

/// 200 when an event would be stored and applied; else 503 with what is missing.
pub(super) async fn ready(State(context): State<Context>) -> Answer {
    let parts = &context.parts;
    let asked = readiness(&parts.store, parts.console_version);
    let failure = match tokio::time::timeout(parts.limits.store, asked).await {
        Ok(Ok(found)) => match not_ready(found, &parts.place) {
            None => return Answer::new(StatusCode::OK, "ready", "The receiver is ready."),
            Some(failure) => failure,
        },
        Ok(Err(error)) => {
            let reference = context.reference();
            tracing::warn!(reference, error = %error.without_data(), "not ready");
            store_failure(&error, &parts.place, &reference)
        }
        Err(_) => Failure {
            code: FailureCode::Unreachable,
            message: format!("The database at {} does not answer.", parts.place),
            reference: None,
        },
    };
    Answer::unavailable(failure.code.word(), failure.message)
}
