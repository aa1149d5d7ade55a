//! Reading bodies: so much, so fast, and not a byte more.

use std::time::Duration;

use axum::body::Body;
use axum::http::StatusCode;
use http_body_util::BodyExt as _;

use crate::receiver::answer::Answer;
use crate::receiver::limits::MAX_BODY;

/// What is read of a body that is refused anyway, so that the client gets to read why: one whose
/// connection is closed under it while it still sends sees a broken pipe instead of the answer.
const DRAIN: usize = 4 * MAX_BODY;

/// How long that may take.
const DRAIN_TIME: Duration = Duration::from_secs(2);

/// Reads a body of at most [`MAX_BODY`] bytes that arrives within `time`. Neither is left to what the
/// client announces: a chunked body announces nothing.
///
/// # Errors
/// 413, 408 or 400, as an answer.
pub async fn read(mut body: Body, time: Duration) -> Result<Vec<u8>, Answer> {
    match tokio::time::timeout(time, collect(&mut body)).await {
        Ok(Ok(Some(bytes))) => Ok(bytes),
        Ok(Ok(None)) => {
            discard(body).await;
            Err(too_large())
        }
        Ok(Err(_)) => Err(Answer::new(
            StatusCode::BAD_REQUEST,
            "malformed",
            "The body broke off.",
        )),
        Err(_) => Err(Answer::new(
            StatusCode::REQUEST_TIMEOUT,
            "too_slow",
            "The body did not arrive in time.",
        )),
    }
}

/// Reads on without keeping anything, for a while.
pub async fn discard(mut body: Body) {
    let drain = async {
        let mut read = 0;
        while let Some(Ok(frame)) = body.frame().await {
            read += frame.data_ref().map_or(0, axum::body::Bytes::len);
            if read > DRAIN {
                break;
            }
        }
    };
    // Out of time or not, the answer follows.
    let _ = tokio::time::timeout(DRAIN_TIME, drain).await;
}

/// The answer to a body over the limit.
#[must_use]
pub fn too_large() -> Answer {
    let message = format!("The body is larger than {} KiB.", MAX_BODY / 1024);
    Answer::new(StatusCode::PAYLOAD_TOO_LARGE, "too_large", message)
}

/// The bytes; `None` when there are too many.
async fn collect(body: &mut Body) -> Result<Option<Vec<u8>>, axum::Error> {
    let mut bytes = Vec::new();
    while let Some(frame) = body.frame().await {
        let Ok(data) = frame?.into_data() else {
            continue;
        };
        if bytes.len() + data.len() > MAX_BODY {
            return Ok(None);
        }
        bytes.extend_from_slice(&data);
    }
    Ok(Some(bytes))
}
