//! `POST /api/auth/sync-user`: somebody signed in.

use axum::Json;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};

use crate::receiver::answer::Answer;
use crate::receiver::body;
use crate::receiver::context::{Context, RequestId};
use crate::receiver::routes::api::{bearer, tagged};
use crate::receiver::routes::webhook;
use crate::usecases::sync_user::{Identities, Noting, SyncError, sync_user};
use crate::wire::customer::{Refusal, SyncRequest, SyncedUser};

/// Makes or completes the user, counts the sign-in once, takes up an invitation to their verified address.
#[utoipa::path(
    post, path = "/api/auth/sync-user", tag = "customers", security(("access_token" = [])),
    request_body(content = Option<SyncRequest>, content_type = "application/json"),
    responses(
        (status = 200, body = SyncedUser), (status = 400, body = Refusal), (status = 401, body = Refusal),
        (status = 403, body = Refusal), (status = 408, body = Refusal), (status = 409, body = Refusal),
        (status = 413, body = Refusal), (status = 415, body = Refusal), (status = 429, body = Refusal),
        (status = 503, body = Refusal)
    )
)]
pub(super) async fn answer(State(context): State<Context>, request: Request) -> Response {
    let (head, unread) = request.into_parts();
    let bearer = match bearer::bearer(&context, &head).await {
        Ok(bearer) => bearer,
        Err(refusal) => return *refusal,
    };
    let parts = &context.parts;
    let bytes = match body::read(unread, parts.limits.body).await {
        Ok(bytes) => bytes,
        Err(refusal) => return refusal.into_response(),
    };
    let request: SyncRequest = if bytes.iter().all(u8::is_ascii_whitespace) {
        SyncRequest::default()
    } else {
        if let Err(refusal) = webhook::check_body(&head.headers) {
            return refusal.into_response();
        }
        // Null is nothing, like no body at all.
        match serde_json::from_slice::<Option<SyncRequest>>(&bytes) {
            Ok(request) => request.unwrap_or_default(),
            Err(_) => return malformed("The body is not {\"id_token\": …}.").into_response(),
        }
    };
    let api = match bearer::api(&context) {
        Ok(api) => api,
        Err(refusal) => return *refusal,
    };
    let identities = Identities {
        verifier: &api.verifier,
        client_id: api.client_id.as_deref(),
        client: &api.client,
        tenant: &api.tenant,
    };
    let noting = Noting {
        store: &parts.store,
        places: &context.questions,
        patience: tagged::LONGEST,
    };
    let id_token = request.id_token.as_deref();
    let now = parts.clock.now();
    let synced = sync_user(
        noting,
        identities,
        &bearer.token,
        &bearer.written,
        id_token,
        now,
    );
    let request_id = head.extensions.get().cloned();
    let RequestId(reference) = request_id.unwrap_or_else(RequestId::none);
    let answer = match synced.await {
        Ok(answer) => answer,
        Err(error) => return refused(&error, &reference).into_response(),
    };
    match serde_json::from_value::<SyncedUser>(answer) {
        Ok(user) => Json(user).into_response(),
        Err(error) => {
            tracing::error!(reference, %error, "a user is of no known shape");
            Answer::unexpected(&reference).into_response()
        }
    }
}

fn malformed(message: impl Into<String>) -> Answer {
    Answer::new(StatusCode::BAD_REQUEST, "malformed", message)
}

fn refused(error: &SyncError, reference: &str) -> Answer {
    match error {
        SyncError::IdToken(token) if token.is_unavailable() => {
            Answer::unavailable("tenant_unavailable", token.to_string())
        }
        SyncError::IdToken(token) => {
            tracing::info!(code = token.code(), "an ID token was refused");
            Answer::new(StatusCode::UNAUTHORIZED, "unauthorized", token.to_string())
        }
        SyncError::SomebodyElse => {
            Answer::new(StatusCode::FORBIDDEN, "not_yours", error.to_string())
        }
        SyncError::NoClient | SyncError::NoAddress => malformed(error.to_string()),
        SyncError::AddressTaken => {
            Answer::new(StatusCode::CONFLICT, "email_taken", error.to_string())
        }
        SyncError::Tenant(_) => {
            tracing::warn!(reference, %error, "the tenant was not reached");
            let message = "The tenant cannot be asked who this is now. Try again in a moment.";
            Answer::unavailable("tenant_unavailable", message)
        }
        SyncError::Busy => tagged::busy(),
        SyncError::TooSlow => tagged::too_slow(reference),
        SyncError::Store(error) => tagged::failed(error, reference),
    }
}
