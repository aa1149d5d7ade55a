//! Who asks: the access token in `Authorization`, verified.

use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};

use crate::identity::tokens::AccessToken;
use crate::receiver::answer::Answer;
use crate::receiver::callers::Peer;
use crate::receiver::context::Context;
use crate::receiver::routes::webhook;
use crate::usecases::recognise_customer::{CustomerApi, recognise_customer};

/// A verified token, and how it was written.
pub(super) struct Bearer {
    pub(super) token: AccessToken,
    pub(super) written: String,
}

/// What the tokens of this service are verified with.
pub(super) fn api(context: &Context) -> Result<&CustomerApi, Box<Response>> {
    context.parts.api.as_ref().ok_or_else(|| {
        let message =
            "Customers cannot be told apart here: AUTH0_DOMAIN and AUTH0_AUDIENCE are not set.";
        Box::new(Answer::unavailable("not_configured", message).into_response())
    })
}

/// Verifies the token of a request.
pub(super) async fn bearer(context: &Context, head: &Parts) -> Result<Bearer, Box<Response>> {
    let api = api(context)?;
    let Some(written) = written(&head.headers) else {
        let message = "Send an access token: Authorization: Bearer ….";
        return Err(Box::new(refuse(context, head, message, "Bearer")));
    };
    let recognised = recognise_customer(api, written, context.parts.clock.now());
    let (token, allowed) = match recognised.await {
        Ok(recognised) => recognised,
        Err(error) if error.is_unavailable() => {
            tracing::warn!(code = error.code(), "a token could not be verified");
            let away = Answer::unavailable("tenant_unavailable", error.to_string());
            return Err(Box::new(away.into_response()));
        }
        Err(error) => {
            tracing::info!(code = error.code(), "a token was refused");
            let challenge = r#"Bearer error="invalid_token""#;
            let refusal = refuse(context, head, &error.to_string(), challenge);
            return Err(Box::new(refusal));
        }
    };
    if !allowed {
        let scope = api.scope.as_deref().unwrap_or_default();
        let message = format!("The token was not given for this: it lacks the scope {scope}.");
        let answer = Answer::new(StatusCode::FORBIDDEN, "insufficient_scope", message);
        let refusal = challenged(answer, r#"Bearer error="insufficient_scope""#);
        return Err(Box::new(refusal));
    }
    Ok(Bearer {
        written: written.to_owned(),
        token,
    })
}

/// The token, if there is exactly one (RFC 6750 §2.1).
fn written(headers: &HeaderMap) -> Option<&str> {
    let mut lines = headers.get_all(header::AUTHORIZATION).iter();
    let (Some(line), None) = (lines.next(), lines.next()) else {
        return None;
    };
    let (scheme, token) = line.to_str().ok()?.split_once(' ')?;
    scheme
        .eq_ignore_ascii_case("bearer")
        .then(|| token.trim())
        .filter(|token| !token.is_empty())
}

fn refuse(context: &Context, head: &Parts, message: &str, challenge: &'static str) -> Response {
    let peer = head.extensions.get::<Peer>().copied();
    let too_often = context.parts.callers.failed(peer, &head.headers);
    challenged(webhook::refused(too_often, message), challenge)
}

fn challenged(answer: Answer, challenge: &'static str) -> Response {
    let mut response = answer.into_response();
    response.headers_mut().insert(
        header::WWW_AUTHENTICATE,
        HeaderValue::from_static(challenge),
    );
    response
}
