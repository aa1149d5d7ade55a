//! The user API: what customers are told about themselves, and what their sign-in does.

mod bearer;
mod billing;
mod instance;
mod openapi;
mod sync;
mod tagged;
mod usage;

use std::time::Duration;

use axum::Router;
use axum::http::{HeaderName, HeaderValue, Method, header};
use axum::routing::{get, post};
use tower_http::cors::CorsLayer;

use crate::receiver::context::Context;

/// How long a browser may remember what it is allowed.
const PREFLIGHT: Duration = Duration::from_secs(3600);

/// Its routes. A browser's pages from elsewhere than `origins` are not answered.
pub(super) fn routes(context: &Context) -> Router<Context> {
    let origins: Vec<HeaderValue> = context
        .parts
        .origins
        .iter()
        .filter_map(|origin| HeaderValue::from_str(origin).ok())
        .collect();
    let cors = CorsLayer::new()
        .allow_origin(origins)
        .allow_methods([Method::GET, Method::POST])
        .allow_headers([
            header::AUTHORIZATION,
            header::CONTENT_TYPE,
            header::IF_NONE_MATCH,
        ])
        .expose_headers([header::ETAG, HeaderName::from_static("x-request-id")])
        .max_age(PREFLIGHT);
    Router::new()
        .route("/api/usage", get(usage::answer))
        .route("/api/instance", get(instance::answer))
        .route("/api/billing", get(billing::answer))
        .route("/api/auth/sync-user", post(sync::answer))
        // Before the layer: a preflight asks with a method that no route takes.
        .method_not_allowed_fallback(super::method_not_allowed)
        .layer(cors)
        .route("/openapi.json", get(openapi::document))
}
