//! Answers: `{"code", "message"}` with a status, and nothing that should not be seen.

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;

use crate::store::failure::StoreError;
use crate::wire::store_failure::unexpected;

/// Seconds after which a client may come back.
const RETRY_AFTER: HeaderValue = HeaderValue::from_static("5");

/// The same for whoever failed too often to say who they are.
const FAILED_TOO_OFTEN: HeaderValue = HeaderValue::from_static("60");

/// An answer to an HTTP client.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The status.
    pub status: StatusCode,
    /// A stable code that programs may act on.
    pub code: &'static str,
    /// A sentence for people, safe to show.
    pub message: String,
}

#[derive(Serialize)]
struct Body<'a> {
    code: &'a str,
    message: &'a str,
}

impl Answer {
    /// An answer.
    pub fn new(status: StatusCode, code: &'static str, message: impl Into<String>) -> Self {
        Self {
            status,
            code,
            message: message.into(),
        }
    }

    /// 503: come back later.
    pub fn unavailable(code: &'static str, message: impl Into<String>) -> Self {
        Self::new(StatusCode::SERVICE_UNAVAILABLE, code, message)
    }

    /// 500: one sentence and the id of the request, under which the log has the story.
    #[must_use]
    pub fn unexpected(reference: &str) -> Self {
        let failure = unexpected(reference);
        Self::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "unexpected",
            failure.message,
        )
    }

    /// What a sender is told when the database did not take an event. Where the database is and why it
    /// is away is the operator's business: that is in the log and in `/readyz`.
    #[must_use]
    pub fn not_stored(error: &StoreError, reference: &str) -> Self {
        tracing::error!(reference, error = %error.without_data(), "an event was not stored");
        if error.is_outage() || matches!(error, StoreError::Timeout(_)) {
            let message = "The event was not stored, the database is not available. Send it again.";
            Self::unavailable("database_unavailable", message)
        } else {
            Self::unexpected(reference)
        }
    }
}

impl IntoResponse for Answer {
    fn into_response(self) -> Response {
        let body = Json(Body {
            code: self.code,
            message: &self.message,
        });
        let mut response = (self.status, body).into_response();
        let after = match self.status {
            StatusCode::SERVICE_UNAVAILABLE => Some(RETRY_AFTER),
            StatusCode::TOO_MANY_REQUESTS => Some(FAILED_TOO_OFTEN),
            _ => None,
        };
        if let Some(after) = after {
            response.headers_mut().insert(header::RETRY_AFTER, after);
        }
        response
    }
}
