//! `POST /api/webhooks/stripe`: something happened at Stripe.

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse as _, Response};

use crate::payments::signature::SignatureError;
use crate::receiver::answer::Answer;
use crate::receiver::body;
use crate::receiver::callers::Peer;
use crate::receiver::context::{Context, RequestId};
use crate::receiver::routes::webhook::{self, StoredEvent};
use crate::store::inbox::Stored;
use crate::usecases::accept_stripe_event::{AcceptStripeError, accept_stripe_event};
use crate::wire::customer::Refusal;
use crate::wire::webhooks::StripeEvent;

/// The header with the signature.
const SIGNATURE: &str = "stripe-signature";

/// Checks the signature over the body as it came, stores the event whatever it says, then answers: 200 means
/// that it is committed.
#[utoipa::path(
    post, path = "/api/webhooks/stripe", tag = "webhooks", operation_id = "stripe_event", security(("stripe_signature" = [])),
    request_body(content = StripeEvent, content_type = "application/json"),
    responses(
        webhook::Answers,
        (status = 400, body = Refusal, description = "The body could not be read to its end"),
        (status = 401, body = Refusal, description = "The signature is missing, wrong or too old")
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
    if context.keys().stripe.secrets.is_empty() {
        // Stripe sends again for three days: time enough to set it.
        let message = "Stripe's events cannot be verified here: STRIPE_WEBHOOK_SECRET is not set.";
        return Err(Answer::unavailable("not_configured", message));
    }
    let signature = match check(&head.headers) {
        Ok(signature) => signature,
        Err(refusal) => {
            if !head.headers.contains_key(header::EXPECT) {
                body::discard(unread).await;
            }
            return Err(match refusal.status {
                StatusCode::UNAUTHORIZED => {
                    let peer = head.extensions.get::<Peer>().copied();
                    let too_often = context.parts.callers.failed(peer, &head.headers);
                    webhook::refused(too_often, refusal.message)
                }
                _ => refusal,
            });
        }
    };
    let request_id = head.extensions.get().cloned();
    let RequestId(request_id) = request_id.unwrap_or_else(RequestId::none);
    let peer = head.extensions.get::<Peer>().copied();
    let headers = &head.headers;
    store(context, headers, peer, signature, unread, &request_id).await
}

/// Everything that the head alone tells; the signature.
fn check(headers: &HeaderMap) -> Result<&str, Answer> {
    let mut signatures = headers.get_all(SIGNATURE).iter();
    let signature = match (signatures.next(), signatures.next()) {
        (Some(signature), None) => signature.to_str().ok(),
        _ => None,
    };
    let Some(signature) = signature else {
        let missing = SignatureError::Missing.to_string();
        return Err(webhook::refused(false, missing));
    };
    webhook::check_body(headers)?;
    Ok(signature)
}

async fn store(
    context: &Context,
    headers: &HeaderMap,
    peer: Option<Peer>,
    signature: &str,
    unread: Body,
    request_id: &str,
) -> Result<Response, Answer> {
    let parts = &context.parts;
    let keys = context.keys();
    // Who they are shows only with the whole body.
    let read = body::read_of_strangers(unread, parts.limits.body, &context.large_bodies);
    let (bytes, _place) = read.await?;
    // Taken only now, so that slow senders do not keep others out.
    let Ok(_permit) = context.permits.try_acquire() else {
        return Err(webhook::busy());
    };
    let accept = accept_stripe_event(
        &context.gathering,
        &keys.stripe.secrets,
        parts.clock.now(),
        signature,
        webhook::kept(headers),
        bytes,
    );
    let accepted = match tokio::time::timeout(parts.limits.store, accept).await {
        Ok(Ok(accepted)) => accepted,
        Ok(Err(AcceptStripeError::Signature(error))) => {
            let too_often = parts.callers.failed(peer, headers);
            return Err(webhook::refused(too_often, error.to_string()));
        }
        Ok(Err(AcceptStripeError::Store(error))) => {
            return Err(Answer::not_stored(&error, request_id));
        }
        Err(_) => return Err(webhook::too_long(request_id)),
    };
    let event = StoredEvent {
        event_id: accepted.envelope.id,
        kind: accepted.envelope.kind,
        livemode: accepted.envelope.livemode,
        email: None,
        duplicate: accepted.stored == Stored::Duplicate,
    };
    Ok(webhook::stored(context, "event", event))
}
