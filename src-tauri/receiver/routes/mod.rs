//! The routes, one endpoint a file.

mod api;
mod auth0;
mod health;
mod metrics;
mod stripe;
mod webhook;

pub(in crate::receiver) use self::webhook::StoredEvent;

use axum::Router;
use axum::http::StatusCode;
use axum::middleware::from_fn_with_state;
use axum::routing::{get, post};

use crate::receiver::answer::Answer;
use crate::receiver::context::Context;
use crate::receiver::watch;

/// All routes, watched: logged, and safe against panics.
pub fn router(context: &Context) -> Router {
    let routes = Router::new()
        .route("/api/webhooks/auth0", post(auth0::receive))
        .route("/api/webhooks/stripe", post(stripe::receive))
        .merge(api::routes(context))
        .route("/healthz", get(health::alive))
        .route("/readyz", get(health::ready))
        .route("/metrics", get(metrics::tell));
    watched(routes, context)
}

/// Wraps routes the way all of ours are.
pub(in crate::receiver) fn watched(routes: Router<Context>, context: &Context) -> Router {
    routes
        .method_not_allowed_fallback(method_not_allowed)
        .fallback(not_found)
        .layer(from_fn_with_state(context.clone(), watch::watch))
        .with_state(context.clone())
}

async fn not_found() -> Answer {
    let message = "There is nothing at this address.";
    Answer::new(StatusCode::NOT_FOUND, "not_found", message)
}

async fn method_not_allowed() -> Answer {
    let message = "This address does not take this method; the header Allow names those it takes.";
    Answer::new(
        StatusCode::METHOD_NOT_ALLOWED,
        "method_not_allowed",
        message,
    )
}
