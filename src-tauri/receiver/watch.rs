//! Every request gets an id, one line in the log, and an answer even when a handler panics.

use std::panic::AssertUnwindSafe;

use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use futures_util::FutureExt as _;
use tokio::time::Instant;

use crate::receiver::answer::Answer;
use crate::receiver::context::{Context, RequestId};
use crate::receiver::routes::StoredEvent;

/// The header by which an answer and its line in the log find each other.
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// The middleware around all routes.
///
/// It logs the route, not the path: what somebody types behind the host name is theirs, and may be a
/// secret in the wrong place. It logs no header and no body.
pub(super) async fn watch(
    State(context): State<Context>,
    mut request: Request,
    next: Next,
) -> Response {
    let begun = Instant::now();
    let request_id = context.reference();
    let method = request.method().clone();
    let route = request
        .extensions()
        .get::<MatchedPath>()
        .map_or_else(|| "none".to_owned(), |route| route.as_str().to_owned());
    request
        .extensions_mut()
        .insert(RequestId(request_id.clone()));
    let answered = AssertUnwindSafe(next.run(request)).catch_unwind().await;
    let mut response = answered.unwrap_or_else(|_| Answer::unexpected(&request_id).into_response());
    if let Ok(id) = HeaderValue::from_str(&request_id) {
        response.headers_mut().insert(REQUEST_ID, id);
    }
    let status = response.status().as_u16();
    context
        .metrics
        .answered(&route, method.as_str(), status, begun.elapsed());
    let duration_us = u64::try_from(begun.elapsed().as_micros()).unwrap_or(u64::MAX);
    if response.status().is_server_error() && response.status() != StatusCode::SERVICE_UNAVAILABLE {
        tracing::error!(%method, route, status, duration_us, request_id, "request");
    } else if matches!(route.as_str(), "/healthz" | "/readyz" | "/metrics") && status == 200 {
        // Probes come every few seconds and say nothing new.
        tracing::debug!(%method, route, status, duration_us, request_id, "request");
    } else if let Some(event) = response.extensions().get::<StoredEvent>() {
        if context.pressed() {
            // Writing it takes as long as storing the event; what is stored is in the inbox, and is counted.
            tracing::debug!(%method, route, status, duration_us, request_id, event_id = event.event_id, "request");
        } else {
            tracing::info!(
                %method, route, status, duration_us, request_id,
                event_id = event.event_id,
                kind = event.kind,
                livemode = event.livemode,
                email = event.email.as_ref().map(tracing::field::debug),
                duplicate = event.duplicate,
                "request"
            );
        }
    } else {
        tracing::info!(%method, route, status, duration_us, request_id, "request");
    }
    response
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use axum::Extension;
    use axum::Router;
    use axum::body::Body;
    use axum::routing::get;
    use http_body_util::BodyExt as _;
    use hyper::service::Service as _;
    use hyper_util::service::TowerToHyperService;

    use super::*;
    use crate::receiver::routes::watched;

    async fn boom() -> &'static str {
        panic!("jane@example.com")
    }

    /// Where a test's log goes.
    #[derive(Clone, Default)]
    struct Page(Arc<Mutex<Vec<u8>>>);

    impl std::io::Write for Page {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.lock().expect("the page").write(bytes)
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    async fn stored() -> Response {
        let event = StoredEvent {
            event_id: "evt_1".to_owned(),
            kind: None,
            livemode: None,
            email: None,
            duplicate: false,
        };
        (Extension(event), "stored").into_response()
    }

    #[tokio::test]
    async fn an_event_is_a_line_of_the_log_unless_many_wait_for_the_database() {
        let page = Page::default();
        let writer = page.clone();
        let log = tracing_subscriber::fmt()
            .with_max_level(tracing::Level::INFO)
            .with_writer(move || writer.clone())
            .finish();
        let _guard = tracing::subscriber::set_default(log);
        let context = Context::nowhere();
        let routes = watched(Router::new().route("/event", get(stored)), &context);
        let routes = TowerToHyperService::new(routes);
        let ask = || async {
            let request = Request::get("/event")
                .body(Body::empty())
                .expect("a request");
            routes.call(request).await.expect("an answer").status()
        };
        let pressed = u32::try_from(context.parts.limits.pressed).expect("a few");
        let many = context.permits.try_acquire_many(pressed).expect("room");
        assert_eq!(ask().await, StatusCode::OK);
        assert_eq!(*page.0.lock().expect("the page"), b"");
        drop(many);
        assert_eq!(ask().await, StatusCode::OK);
        let said = String::from_utf8(page.0.lock().expect("the page").clone()).expect("text");
        assert!(said.contains("evt_1"), "{said}");
    }

    #[tokio::test]
    async fn a_panic_is_answered_with_one_fixed_sentence_and_its_reference() {
        let routes = watched(Router::new().route("/boom", get(boom)), &Context::nowhere());
        let request = Request::get("/boom")
            .body(Body::empty())
            .expect("a request");
        let routes = TowerToHyperService::new(routes);
        let response = routes.call(request).await.expect("an answer");
        assert_eq!(response.status(), StatusCode::INTERNAL_SERVER_ERROR);
        let id = response.headers()[REQUEST_ID]
            .to_str()
            .expect("text")
            .to_owned();
        let body = response
            .into_body()
            .collect()
            .await
            .expect("a body")
            .to_bytes();
        let body: serde_json::Value = serde_json::from_slice(&body).expect("JSON");
        assert_eq!(
            body,
            serde_json::json!({
                "code": "unexpected",
                "message": format!("Something went wrong that should not have. The log has the story under {id}."),
            })
        );
    }
}
