//! What the routes of webhooks have in common.

use std::sync::atomic::Ordering;

use axum::Extension;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use serde_json::{Map, Value};

use crate::domain::registration::EmailAddress;
use crate::receiver::answer::Answer;
use crate::receiver::body;
use crate::receiver::context::Context;
use crate::receiver::limits::MAX_BODY;
use crate::wire::customer::Refusal;
use crate::wire::webhooks::Kept;

/// Headers that help to trace a delivery. Secrets and signatures are not among them, and must never be.
pub(super) const KEPT: [&str; 4] = [
    "content-type",
    "user-agent",
    "x-request-id",
    "x-correlation-id",
];

/// What every webhook answers, besides why it takes a delivery for none: for the description of the API.
#[derive(utoipa::IntoResponses)]
#[expect(dead_code, reason = "it describes answers and is none")]
pub(in crate::receiver) enum Answers {
    #[response(status = 200, description = "Stored, now or before: it is committed")]
    Stored(Kept),
    #[response(status = 408, description = "The body did not arrive in time")]
    TooLate(Refusal),
    #[response(status = 413, description = "Over 256 KiB")]
    TooLong(Refusal),
    #[response(status = 415, description = "Not application/json")]
    NotJson(Refusal),
    #[response(
        status = 429,
        description = "Too many from this address failed to say who they are",
        headers(("Retry-After" = u32, description = "Seconds"))
    )]
    TooMany(Refusal),
    #[response(
        status = 503,
        description = "Not stored, for now: send it again",
        headers(("Retry-After" = u32, description = "Seconds"))
    )]
    NotNow(Refusal),
}

/// What the log says of an event that is stored, in the one line of its request: handed to `watch` with the answer.
#[derive(Debug, Clone)]
pub(in crate::receiver) struct StoredEvent {
    /// The id it is kept under.
    pub(in crate::receiver) event_id: String,
    /// What happened, in the provider's word.
    pub(in crate::receiver) kind: Option<String>,
    /// Whether it is real, where the provider has a test mode.
    pub(in crate::receiver) livemode: Option<bool>,
    /// Who registered; prints masked.
    pub(in crate::receiver) email: Option<EmailAddress>,
    /// It was stored before.
    pub(in crate::receiver) duplicate: bool,
}

/// 200: it is committed; the worker is woken for what is new.
pub(super) fn stored(context: &Context, what: &str, event: StoredEvent) -> Response {
    let answer = if event.duplicate {
        let message = format!("The {what} was stored before; nothing has changed.");
        Answer::new(StatusCode::OK, "duplicate", message)
    } else {
        context.arrived.fetch_add(1, Ordering::Relaxed);
        context.wake.notify_one();
        Answer::new(StatusCode::OK, "stored", format!("The {what} is stored."))
    };
    (Extension(event), answer).into_response()
}

/// Checks what the head tells of the body.
pub(super) fn check_body(headers: &HeaderMap) -> Result<(), Answer> {
    if !is_json(headers) {
        let message = "The body has to be application/json; say so in the header Content-Type.";
        return Err(Answer::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "unsupported_media_type",
            message,
        ));
    }
    let announced = headers
        .get(header::CONTENT_LENGTH)
        .and_then(|length| length.to_str().ok()?.parse::<usize>().ok());
    if announced.is_some_and(|length| length > MAX_BODY) {
        return Err(body::too_large());
    }
    Ok(())
}

/// Whether the content type is `application/json`, with or without parameters.
fn is_json(headers: &HeaderMap) -> bool {
    headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.split(';').next())
        .is_some_and(|essence| essence.trim().eq_ignore_ascii_case("application/json"))
}

/// The headers that are kept.
pub(super) fn kept(headers: &HeaderMap) -> Value {
    let kept = KEPT.iter().filter_map(|name| {
        // Visible ASCII only: jsonb takes no NUL. Nobody's user agent needs more than 512 characters.
        let text: String = headers
            .get(*name)?
            .to_str()
            .ok()?
            .chars()
            .take(512)
            .collect();
        Some(((*name).to_owned(), Value::String(text)))
    });
    Value::Object(kept.collect::<Map<_, _>>())
}

/// 401, or 429 for whoever fails too often.
pub(super) fn refused(too_often: bool, message: impl Into<String>) -> Answer {
    if too_often {
        let message =
            "Too many requests from this address failed to say who they are. Wait a minute.";
        Answer::new(StatusCode::TOO_MANY_REQUESTS, "too_many", message)
    } else {
        Answer::new(StatusCode::UNAUTHORIZED, "unauthorized", message)
    }
}

/// 503: there is no room for one more.
pub(super) fn busy() -> Answer {
    let message = "The event was not stored, too many are under way. Send it again.";
    Answer::unavailable("busy", message)
}

/// 503: it took too long, so nobody knows.
pub(super) fn too_long(request_id: &str) -> Answer {
    tracing::error!(request_id, "an event was not stored in time");
    let message = "The event may not be stored, the database took too long. Send it again.";
    Answer::unavailable("database_unavailable", message)
}

#[cfg(test)]
mod tests {
    use axum::http::{HeaderName, HeaderValue};

    use super::*;

    fn headers(list: &[(&'static str, &'static str)]) -> HeaderMap {
        list.iter()
            .map(|(name, value)| {
                let name = HeaderName::from_static(name);
                (name, HeaderValue::from_static(value))
            })
            .collect()
    }

    #[test]
    fn parameters_and_case_of_the_content_type_do_not_matter() {
        for json in [
            "application/json",
            "Application/JSON; charset=utf-8",
            "application/json ;x=y",
        ] {
            assert!(is_json(&headers(&[("content-type", json)])), "{json}");
        }
        for other in ["text/plain", "application/jsonp", "application/ld+json", ""] {
            assert!(!is_json(&headers(&[("content-type", other)])), "{other}");
        }
        assert!(!is_json(&HeaderMap::new()));
    }

    #[test]
    fn secrets_and_signatures_are_not_among_the_headers_that_are_kept() {
        let sent = headers(&[
            ("x-auth0-secret", "hunter2"),
            ("stripe-signature", "t=1,v1=2"),
            ("authorization", "Bearer x"),
            ("user-agent", "node"),
        ]);
        assert_eq!(kept(&sent).to_string(), r#"{"user-agent":"node"}"#);
    }
}
