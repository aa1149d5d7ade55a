//! `POST /api/webhooks/auth0`: somebody registered.

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use serde_json::{Map, Value};

use crate::receiver::answer::Answer;
use crate::receiver::body;
use crate::receiver::context::{Context, RequestId};
use crate::receiver::limits::MAX_BODY;
use crate::store::inbox::Stored;
use crate::usecases::accept_registration::{AcceptError, accept_registration};

/// The header with the shared secret.
const SECRET: &str = "x-auth0-secret";

/// Headers that help to trace a delivery. The secret is not among them, and must never be.
const KEPT: [&str; 4] = [
    "content-type",
    "user-agent",
    "x-request-id",
    "x-correlation-id",
];

/// Checks the secret before anything else is looked at, stores the registration, then answers: 200
/// means that it is committed. The worker makes the user of it.
pub(super) async fn receive(State(context): State<Context>, request: Request) -> Answer {
    let (head, unread) = request.into_parts();
    if let Err(refusal) = check(&context, &head.headers) {
        if !head.headers.contains_key(header::EXPECT) {
            body::discard(unread).await;
        }
        return refusal;
    }
    let request_id = head.extensions.get().cloned();
    let RequestId(request_id) = request_id.unwrap_or_else(RequestId::none);
    store(&context, &head.headers, unread, &request_id)
        .await
        .unwrap_or_else(|refusal| refusal)
}

/// Everything that the head alone tells.
fn check(context: &Context, headers: &HeaderMap) -> Result<(), Answer> {
    let mut secrets = headers.get_all(SECRET).iter();
    let accepted = match (secrets.next(), secrets.next()) {
        (Some(secret), None) => context.parts.auth0.accept(secret.as_bytes()),
        // None, or several of which one may be a guess.
        _ => false,
    };
    if !accepted {
        let message = "The header X-Auth0-Secret is missing or wrong.";
        return Err(Answer::new(
            StatusCode::UNAUTHORIZED,
            "unauthorized",
            message,
        ));
    }
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

async fn store(
    context: &Context,
    headers: &HeaderMap,
    unread: Body,
    request_id: &str,
) -> Result<Answer, Answer> {
    let limits = &context.parts.limits;
    let bytes = body::read(unread, limits.body).await?;
    // Taken only now, so that slow senders do not keep others out.
    let Ok(_permit) = context.permits.try_acquire() else {
        let message = "The event was not stored, too many are under way. Send it again.";
        return Err(Answer::unavailable("busy", message));
    };
    let accept = accept_registration(
        &context.parts.store,
        context.parts.clock.now(),
        kept(headers),
        bytes,
    );
    let accepted = match tokio::time::timeout(limits.store, accept).await {
        Ok(Ok(accepted)) => accepted,
        Ok(Err(AcceptError::Payload(error))) => {
            let message = error.to_string();
            return Err(Answer::new(StatusCode::BAD_REQUEST, "malformed", message));
        }
        Ok(Err(AcceptError::Store(error))) => {
            return Err(Answer::not_stored(&error, request_id));
        }
        Err(_) => {
            tracing::error!(request_id, "an event was not stored in time");
            let message = "The event may not be stored, the database took too long. Send it again.";
            return Err(Answer::unavailable("database_unavailable", message));
        }
    };
    tracing::info!(
        request_id,
        event_id = accepted.event_id,
        email = ?accepted.email,
        duplicate = accepted.stored == Stored::Duplicate,
        "registration stored"
    );
    Ok(match accepted.stored {
        Stored::New => {
            context.wake.notify_one();
            Answer::new(StatusCode::OK, "stored", "The registration is stored.")
        }
        Stored::Duplicate => {
            let message = "The registration was stored before; nothing has changed.";
            Answer::new(StatusCode::OK, "duplicate", message)
        }
    })
}

/// Whether the content type is `application/json`, with or without parameters.
fn is_json(headers: &HeaderMap) -> bool {
    headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.split(';').next())
        .is_some_and(|essence| essence.trim().eq_ignore_ascii_case("application/json"))
}

fn kept(headers: &HeaderMap) -> Value {
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
    fn the_secret_is_not_among_the_headers_that_are_kept() {
        assert!(!KEPT.contains(&SECRET));
        let sent = headers(&[
            (SECRET, "hunter2"),
            ("authorization", "Bearer x"),
            ("user-agent", "node"),
        ]);
        assert_eq!(kept(&sent).to_string(), r#"{"user-agent":"node"}"#);
    }
}
