//! Answers with a tag, so that a page that asks again is told "nothing new" instead.

use std::time::Duration;

use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use serde::Serialize;
use serde::de::DeserializeOwned;
use sha2::{Digest as _, Sha256};

use crate::receiver::answer::Answer;
use crate::receiver::context::{Context, RequestId};
use crate::store::customers::Answered;
use crate::store::failure::StoreError;

/// A customer waits this long for an answer of the database.
pub(super) const LONGEST: Duration = Duration::from_secs(8);

/// Waits for an answer of the database, reads it as what the API promises, and answers it.
pub(super) async fn answer<T: Serialize + DeserializeOwned>(
    context: &Context,
    head: &axum::http::request::Parts,
    asked: impl Future<Output = Result<Answered, StoreError>>,
) -> Response {
    let request_id = head.extensions.get().cloned();
    let RequestId(reference) = request_id.unwrap_or_else(RequestId::none);
    let Ok(_permit) = context.questions.try_acquire() else {
        return busy().into_response();
    };
    let answered = match tokio::time::timeout(LONGEST, asked).await {
        Ok(Ok(answered)) => answered,
        Ok(Err(error)) => return failed(&error, &reference).into_response(),
        Err(_) => return too_slow(&reference).into_response(),
    };
    match answered {
        Answered::With(value) => match serde_json::from_value::<T>(value) {
            Ok(shape) => tagged(&head.headers, &shape, &reference),
            Err(error) => {
                tracing::error!(reference, %error, "an answer for a customer is of no known shape");
                Answer::unexpected(&reference).into_response()
            }
        },
        Answered::Refused(why) => {
            tracing::error!(reference, why, "customers cannot be answered");
            let message = "Customers cannot be answered now. Whoever runs this service knows why.";
            Answer::unavailable("rows_unprotected", message).into_response()
        }
    }
}

/// What a customer is told when as many wait for the database as may.
pub(super) fn busy() -> Answer {
    let message = "Too many are asking at once. Try again in a moment.";
    Answer::unavailable("busy", message)
}

/// What a customer is told who has waited long enough.
pub(super) fn too_slow(reference: &str) -> Answer {
    tracing::error!(reference, "the database took too long for a customer");
    away()
}

/// What a customer is told when the database did not answer.
pub(super) fn failed(error: &StoreError, reference: &str) -> Answer {
    tracing::error!(reference, error = %error.without_data(), "a customer was not answered");
    if error.is_outage() || matches!(error, StoreError::Timeout(_)) {
        away()
    } else {
        Answer::unexpected(reference)
    }
}

fn away() -> Answer {
    let message = "The database is not available. Try again in a moment.";
    Answer::unavailable("database_unavailable", message)
}

fn tagged(headers: &HeaderMap, shape: &impl Serialize, reference: &str) -> Response {
    let Ok(body) = serde_json::to_vec(shape) else {
        return Answer::unexpected(reference).into_response();
    };
    let digest: [u8; 32] = Sha256::digest(&body).into();
    let tag = format!("\"{}\"", hex::encode(&digest[..16]));
    let known = headers
        .get_all(header::IF_NONE_MATCH)
        .iter()
        .filter_map(|line| line.to_str().ok())
        .flat_map(|line| line.split(','))
        .map(|one| one.trim().trim_start_matches("W/"))
        .any(|one| one == tag || one == "*");
    let mut response = if known {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        let json = HeaderValue::from_static("application/json");
        ([(header::CONTENT_TYPE, json)], body).into_response()
    };
    let answer = response.headers_mut();
    if let Ok(tag) = HeaderValue::from_str(&tag) {
        answer.insert(header::ETAG, tag);
    }
    // Nobody's but theirs, and asked for again every time.
    let private = HeaderValue::from_static("private, no-cache");
    answer.insert(header::CACHE_CONTROL, private);
    answer.append(header::VARY, HeaderValue::from_static("Authorization"));
    response
}
