//! `GET /healthz` and `GET /readyz`: alive, and able to store.

use std::time::Duration;

use axum::extract::State;
use axum::http::StatusCode;
use tokio::time::Instant;

use crate::receiver::answer::Answer;
use crate::receiver::context::Context;
use crate::store::readiness::{Readiness, readiness};
use crate::wire::failure::{Failure, FailureCode};
use crate::wire::store_failure::{not_ready, store_failure};

/// How long a probe waits for what does not decide its status: whether what is stored can be applied. Less than
/// [`Limits::store`](crate::receiver::limits::Limits::store), which is for what does.
const LOOK: Duration = Duration::from_secs(2);

/// 200 as long as the program answers at all. It asks nobody else: restarting this program does not
/// bring a database back.
pub(super) async fn alive() -> Answer {
    Answer::new(StatusCode::OK, "alive", "The receiver is alive.")
}

/// 200 when an event would be stored; else 503 with what is missing. Whoever probes takes a replica that is not ready
/// out, and a sender that reaches none does not always send again: so what keeps events from being *applied* leaves
/// the status alone. The code and the sentence say it, and an alert does (`receiver/alerts.rs`).
///
/// Whoever asks needs no secret, so one look at a time is all the database ever gives: who asks
/// meanwhile waits for its answer, who asks right after is given the same.
pub(super) async fn ready(State(context): State<Context>) -> Answer {
    let mut last = context.ready.clone().lock_owned().await;
    if let Some((at, answer)) = last.said.as_ref()
        && at.elapsed() < context.parts.limits.ready
    {
        return answer.clone();
    }
    // A task of its own: it ends also when the client hangs up, and until then nobody else looks.
    let look = tokio::spawn(async move {
        let answer = look(&context, &mut last.unseen).await;
        last.said = Some((Instant::now(), answer.clone()));
        answer
    });
    match look.await {
        Ok(answer) => answer,
        // It is never aborted; `watch` answers a panic.
        Err(panicked) => std::panic::resume_unwind(panicked.into_panic()),
    }
}

/// `unseen`: when the catalogue was looked at in vain. What was cut off goes on at the server, so that looking again and again
/// would take connections from whoever stores.
async fn look(context: &Context, unseen: &mut Option<Instant>) -> Answer {
    let parts = &context.parts;
    let skips = unseen.is_some_and(|at| at.elapsed() < parts.limits.unseen);
    let asked = readiness(
        &parts.store,
        parts.console_version,
        (!skips).then_some(LOOK),
    );
    let failure = match tokio::time::timeout(parts.limits.store, asked).await {
        Ok(Ok(found)) => {
            if !skips {
                *unseen = (found == Readiness::Unseen).then(Instant::now);
            }
            let stores = found.stores();
            match not_ready(found, &parts.place) {
                None => return Answer::new(StatusCode::OK, "ready", "The receiver is ready."),
                Some(failure) if stores => {
                    let message = format!("Events are stored. {}", failure.message);
                    return Answer::new(StatusCode::OK, failure.code.word(), message);
                }
                Some(failure) => failure,
            }
        }
        Ok(Err(error)) => {
            let reference = context.reference();
            tracing::warn!(reference, error = %error.without_data(), "not ready");
            store_failure(&error, &parts.place, &reference)
        }
        Err(_) => Failure {
            code: FailureCode::Unreachable,
            message: format!("The database at {} does not answer.", parts.place),
            reference: None,
            argument: None,
        },
    };
    Answer::unavailable(failure.code.word(), failure.message)
}
