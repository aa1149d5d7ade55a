//! Reading bodies: so much, so fast, and not a byte more.

use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, HttpBody as _};
use axum::http::StatusCode;
use http_body_util::BodyExt as _;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::receiver::answer::Answer;
use crate::receiver::limits::{MAX_BODY, SMALL_BODY};

/// What is read of a body that is refused anyway, so that the client gets to read why: one whose
/// connection is closed under it while it still sends sees a broken pipe instead of the answer.
const DRAIN: usize = 4 * MAX_BODY;

/// How long that may take.
const DRAIN_TIME: Duration = Duration::from_secs(2);

/// Reads a body of at most [`MAX_BODY`] bytes that arrives within `time`, of somebody who has shown who they are.
/// Neither is left to what the client announces: a chunked body announces nothing.
///
/// # Errors
/// 413, 408 or 400, as an answer.
pub async fn read(body: Body, time: Duration) -> Result<Vec<u8>, Answer> {
    let (bytes, _) = read_within(body, time, None).await?;
    Ok(bytes)
}

/// The same of somebody who may be anybody until the body is here: more than [`SMALL_BODY`] wants one of these
/// places, which is taken for as long as what is returned beside the body lives.
///
/// # Errors
/// 413, 408 or 400, or 503 where no place is free, as an answer.
pub async fn read_of_strangers(
    body: Body,
    time: Duration,
    places: &Arc<Semaphore>,
) -> Result<(Vec<u8>, Option<OwnedSemaphorePermit>), Answer> {
    read_within(body, time, Some(places)).await
}

async fn read_within(
    mut body: Body,
    time: Duration,
    places: Option<&Arc<Semaphore>>,
) -> Result<(Vec<u8>, Option<OwnedSemaphorePermit>), Answer> {
    match tokio::time::timeout(time, collect(&mut body, places)).await {
        Ok(Ok(Collected::Whole(bytes, place))) => Ok((bytes, place)),
        Ok(Ok(Collected::TooLarge)) => {
            discard(body).await;
            Err(too_large())
        }
        Ok(Ok(Collected::NoPlace)) => {
            discard(body).await;
            Err(Answer::unavailable(
                "busy",
                "Too many large bodies are arriving at once. Send it again in a moment.",
            ))
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

/// How reading ended.
enum Collected {
    Whole(Vec<u8>, Option<OwnedSemaphorePermit>),
    TooLarge,
    NoPlace,
}

async fn collect(
    body: &mut Body,
    places: Option<&Arc<Semaphore>>,
) -> Result<Collected, axum::Error> {
    // What it announces is what hyper gives of it at most; where that is not much, it is taken at its word.
    let announced = body
        .size_hint()
        .exact()
        .and_then(|length| usize::try_from(length).ok());
    let mut bytes = Vec::with_capacity(
        announced
            .filter(|&length| length <= SMALL_BODY)
            .unwrap_or(0),
    );
    let mut place = None;
    while let Some(frame) = body.frame().await {
        let Ok(data) = frame?.into_data() else {
            continue;
        };
        let length = bytes.len() + data.len();
        if length > MAX_BODY {
            return Ok(Collected::TooLarge);
        }
        if length > SMALL_BODY
            && place.is_none()
            && let Some(places) = places
        {
            let Ok(taken) = Arc::clone(places).try_acquire_owned() else {
                return Ok(Collected::NoPlace);
            };
            place = Some(taken);
        }
        // Exactly as much as is counted, and not what doubling would make of it.
        if length > bytes.capacity() {
            let wanted = if length > SMALL_BODY {
                MAX_BODY
            } else {
                SMALL_BODY
            };
            bytes.reserve_exact(wanted - bytes.len());
        }
        bytes.extend_from_slice(&data);
    }
    Ok(Collected::Whole(bytes, place))
}
