//! The stand-in's addresses, which are Auth0's.

use std::collections::HashMap;

use axum::extract::{Request, State};
use axum::http::{StatusCode, Uri, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{Html, IntoResponse as _, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde_json::{Value, json};
use time::Duration;
use url::{Url, form_urlencoded};

use crate::sandbox::auth0::pages::{ask, escaped, say};
use crate::sandbox::auth0::{
    CLIENT_ID, Code, Decision, Device, SimulatedAuth0, grants, management,
};

/// The fields of a form or a query.
pub(super) type Fields = HashMap<String, String>;

/// Letters that are not taken for one another, as RFC 8628 §6.1 wants it.
const LETTERS: &[u8] = b"BCDFGHJKLMNPQRSTVWXZ";

pub(super) fn router(tenant: SimulatedAuth0) -> Router {
    Router::new()
        .route("/.well-known/jwks.json", get(jwks))
        .route("/oauth/device/code", post(device_code))
        .route("/oauth/token", post(grants::token))
        .route("/oauth/revoke", post(grants::revoke))
        .route("/activate", get(activate).post(confirm))
        .route("/authorize", get(authorize).post(authorized))
        .merge(management::router(&tenant))
        .layer(from_fn_with_state(tenant.clone(), awake))
        .with_state(tenant)
}

/// An error as OAuth says it (RFC 6749 §5.2).
pub(super) fn refuse(status: StatusCode, code: &str) -> Response {
    let body =
        json!({ "error": code, "error_description": "The sandbox's stand-in for Auth0 says no." });
    (status, Json(body)).into_response()
}

pub(super) fn fields(body: &str) -> Fields {
    form_urlencoded::parse(body.as_bytes())
        .into_owned()
        .collect()
}

pub(super) fn of<'a>(fields: &'a Fields, name: &str) -> &'a str {
    fields.get(name).map(String::as_str).unwrap_or_default()
}

async fn awake(State(tenant): State<SimulatedAuth0>, request: Request, next: Next) -> Response {
    let down = {
        let manners = &tenant.state().manners;
        let behind = request.uri().path().starts_with("/sandbox/");
        manners.down || (manners.faults.down && !behind)
    };
    if down {
        return (StatusCode::SERVICE_UNAVAILABLE, "down").into_response();
    }
    next.run(request).await
}

async fn jwks(State(tenant): State<SimulatedAuth0>) -> Json<Value> {
    let key = tenant.state().key;
    Json(json!({ "keys": [tenant.0.keys[key].jwk()] }))
}

async fn device_code(State(tenant): State<SimulatedAuth0>, body: String) -> Response {
    let asked = fields(&body);
    if of(&asked, "client_id") != CLIENT_ID {
        return refuse(StatusCode::UNAUTHORIZED, "invalid_client");
    }
    let device_code = tenant.unguessable();
    let mut bits = tenant.0.random.bits();
    let mut user_code = String::new();
    for place in 0..8 {
        if place == 4 {
            user_code.push('-');
        }
        let letters = LETTERS.len() as u128;
        let letter = usize::try_from(bits % letters).unwrap_or_default();
        user_code.push(char::from(LETTERS[letter]));
        bits /= letters;
    }
    let mut state = tenant.state();
    let (lasts, interval) = (state.manners.code_lasts, state.manners.interval);
    let uri = format!("{}activate", state.issuer);
    let answer = json!({
        "device_code": device_code, "user_code": user_code, "verification_uri": uri,
        "verification_uri_complete": format!("{uri}?user_code={user_code}"),
        "expires_in": lasts.whole_seconds(), "interval": interval,
    });
    let device = Device {
        user_code,
        until: tenant.0.clock.now() + lasts,
        decision: Decision::Waiting,
    };
    state.issued.push(device_code.clone());
    state.devices.insert(device_code, device);
    Json(answer).into_response()
}

async fn activate(State(tenant): State<SimulatedAuth0>, uri: Uri) -> Html<String> {
    let query = fields(uri.query().unwrap_or_default());
    let code = of(&query, "user_code");
    let words = format!(
        "Hopsdesk on a device asks to sign you in. It shows the code <code>{}</code>.",
        escaped(code)
    );
    Html(ask(
        "Sign in to Hopsdesk?",
        &words,
        &tenant.0.people,
        &[("user_code", code)],
    ))
}

async fn confirm(State(tenant): State<SimulatedAuth0>, body: String) -> Html<String> {
    let form = fields(&body);
    let subject = Some(of(&form, "subject")).filter(|subject| !subject.is_empty());
    let known = tenant.decide(of(&form, "user_code"), subject);
    Html(match (known, subject) {
        (false, _) => say(
            "No such code",
            "It may have expired. Ask for a new one in Hopsdesk.",
        ),
        (true, None) => say("Declined", "Nobody was signed in. You can close this tab."),
        (true, Some(_)) => say("Signed in", "Go back to Hopsdesk; you can close this tab."),
    })
}

async fn authorize(State(tenant): State<SimulatedAuth0>, uri: Uri) -> Response {
    let query = fields(uri.query().unwrap_or_default());
    let sound = of(&query, "client_id") == CLIENT_ID
        && of(&query, "response_type") == "code"
        && of(&query, "code_challenge_method") == "S256"
        && of(&query, "code_challenge").len() == 43
        && redirect(&query).is_some();
    if !sound {
        let page = say(
            "This does not work",
            "The request to sign in is not complete.",
        );
        return (StatusCode::BAD_REQUEST, Html(page)).into_response();
    }
    let sent = [
        "redirect_uri",
        "state",
        "nonce",
        "code_challenge",
        "max_age",
    ]
    .map(|name| (name, of(&query, name)));
    let words = "Hopsdesk on this computer asks to sign you in.";
    Html(ask("Sign in to Hopsdesk?", words, &tenant.0.people, &sent)).into_response()
}

async fn authorized(State(tenant): State<SimulatedAuth0>, body: String) -> Response {
    let form = fields(&body);
    let Some(mut back) = redirect(&form) else {
        return refuse(StatusCode::BAD_REQUEST, "invalid_request");
    };
    match tenant.person(of(&form, "subject")) {
        None => {
            back.query_pairs_mut().append_pair("error", "access_denied");
        }
        Some(person) => {
            let code = tenant.unguessable();
            back.query_pairs_mut().append_pair("code", &code);
            let given = Code {
                person,
                redirect: of(&form, "redirect_uri").to_owned(),
                challenge: of(&form, "code_challenge").to_owned(),
                nonce: Some(of(&form, "nonce").to_owned()).filter(|nonce| !nonce.is_empty()),
                says_when: !of(&form, "max_age").is_empty(),
                until: tenant.0.clock.now() + Duration::minutes(1),
            };
            tenant.state().codes.insert(code, given);
        }
    }
    back.query_pairs_mut()
        .append_pair("state", of(&form, "state"));
    (
        StatusCode::SEE_OTHER,
        [(header::LOCATION, back.to_string())],
    )
        .into_response()
}

/// Where to send the browser back to: a port of this machine and nowhere else.
fn redirect(fields: &Fields) -> Option<Url> {
    let url = Url::parse(of(fields, "redirect_uri")).ok()?;
    let here = url.scheme() == "http" && url.host_str() == Some("127.0.0.1");
    (here && url.path() == "/callback").then_some(url)
}
