//! `POST /api/webhooks/auth0`: somebody registered.

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse as _, Response};

use crate::receiver::answer::Answer;
use crate::receiver::body;
use crate::receiver::callers::Peer;
use crate::receiver::context::{Context, RequestId};
use crate::receiver::routes::webhook::{self, StoredEvent};
use crate::store::inbox::Stored;
use crate::usecases::accept_registration::{AcceptError, accept_registration};
use crate::wire::customer::Refusal;
use crate::wire::webhooks::Registered;

/// The header with the shared secret.
const SECRET: &str = "x-auth0-secret";

/// Checks the secret before anything else is looked at, stores the registration, then answers: 200
/// means that it is committed. The worker makes the user of it.
#[utoipa::path(
    post, path = "/api/webhooks/auth0", tag = "webhooks", operation_id = "auth0_registration", security(("auth0_secret" = [])),
    request_body(content = Registered, content_type = "application/json"),
    responses(
        webhook::Answers,
        (status = 400, body = Refusal, description = "Not a registration; it says which field"),
        (status = 401, body = Refusal, description = "The secret is missing or wrong")
    )
)]
pub(in crate::receiver::routes) async fn receive(
    State(context): State<Context>,
    request: Request,
) -> Response {
    take(&context, request)
        .await
        .unwrap_or_else(Answer::into_response)
}

async fn take(context: &Context, request: Request) -> Result<Response, Answer> {
    let (head, unread) = request.into_parts();
    if let Err(refusal) = check(context, &head) {
        if !head.headers.contains_key(header::EXPECT) {
            body::discard(unread).await;
        }
        return Err(refusal);
    }
    let request_id = head.extensions.get().cloned();
    let RequestId(request_id) = request_id.unwrap_or_else(RequestId::none);
    store(context, &head.headers, unread, &request_id).await
}

/// Everything that the head alone tells.
fn check(context: &Context, head: &Parts) -> Result<(), Answer> {
    let headers = &head.headers;
    let mut secrets = headers.get_all(SECRET).iter();
    let accepted = match (secrets.next(), secrets.next()) {
        (Some(secret), None) => context.keys().auth0.accept(secret.as_bytes()),
        // None, or several of which one may be a guess.
        _ => false,
    };
    if !accepted {
        let peer = head.extensions.get::<Peer>().copied();
        let too_often = context.parts.callers.failed(peer, headers);
        let message = "The header X-Auth0-Secret is missing or wrong.";
        return Err(webhook::refused(too_often, message));
    }
    webhook::check_body(headers)
}

async fn store(
    context: &Context,
    headers: &HeaderMap,
    unread: Body,
    request_id: &str,
) -> Result<Response, Answer> {
    let limits = &context.parts.limits;
    let bytes = body::read(unread, limits.body).await?;
    // Taken only now, so that slow senders do not keep others out.
    let Ok(_permit) = context.permits.try_acquire() else {
        return Err(webhook::busy());
    };
    let accept = accept_registration(
        &context.gathering,
        context.parts.clock.now(),
        webhook::kept(headers),
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
        Err(_) => return Err(webhook::too_long(request_id)),
    };
    let event = StoredEvent {
        event_id: accepted.event_id,
        kind: None,
        livemode: None,
        email: Some(accepted.email),
        duplicate: accepted.stored == Stored::Duplicate,
    };
    Ok(webhook::stored(context, "registration", event))
}
