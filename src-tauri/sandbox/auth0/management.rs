//! The stand-in's Management API: the addresses, answers, refusals and limits of Auth0's.
//!
//! Besides it answers `GET` and `PUT /sandbox/manners` and `GET /sandbox/users/{id}`, with the secret of the
//! Management API as the bearer: what is wrong with it, and what became of somebody. So a person, or a test
//! in another program, can take it down and look behind it.

use std::collections::BTreeMap;

use axum::extract::{Path, Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, Uri, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, patch, post};
use axum::{Json, Router};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use subtle::ConstantTimeEq as _;
use time::{Duration, OffsetDateTime};

use crate::sandbox::auth0::customers::{Customer, written};
use crate::sandbox::auth0::routes::{Fields, fields, of, refuse};
use crate::sandbox::auth0::{Manners, SimulatedAuth0};
use crate::secrets::Secret;

/// The application that is authorized for the Management API.
pub const MANAGEMENT_CLIENT_ID: &str = "hopsdesk-sandbox-management";

/// How long its tokens last, as Auth0 has it.
const TOKEN_LASTS: Duration = Duration::hours(24);

/// Results of a search beyond these are not to be had.
const WINDOW: usize = 1000;

/// What the Management API knows.
#[derive(Default)]
pub(super) struct Managed {
    secret: Option<Secret<String>>,
    customers: BTreeMap<String, Customer>,
    tokens: BTreeMap<String, OffsetDateTime>,
    /// Requests within the second that began then.
    asked: (Option<i64>, u32),
    calls: Vec<String>,
}

/// How it behaves, as it is asked and told from outside.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each fault is there or not, whatever the others"
)]
pub struct Faults {
    /// Answers nothing but 503.
    pub down: bool,
    /// Refuses to answer more for so many seconds, from each question on.
    pub limited_for: Option<u32>,
    /// The same, by the second, once so many questions were answered.
    pub limited_after: Option<u32>,
    /// Tokens are refused that it gave out itself, once each.
    pub forgets_tokens: bool,
    /// No token is good.
    pub refuses_tokens: bool,
    /// The application lacks the permission to read logs.
    pub without_logs: bool,
}

impl SimulatedAuth0 {
    /// Lets these customers be managed by whoever has the secret.
    pub fn manage(&self, secret: Secret<String>, customers: impl IntoIterator<Item = Customer>) {
        let mut state = self.state();
        state.managed.secret = Some(secret);
        let by_subject = customers.into_iter().map(|one| (one.subject.clone(), one));
        state.managed.customers = by_subject.collect();
    }

    /// A customer as they are there.
    #[must_use]
    pub fn customer(&self, subject: &str) -> Option<Customer> {
        self.state().managed.customers.get(subject).cloned()
    }

    /// What was asked of the Management API, in its order: method, a blank, the path.
    #[must_use]
    pub fn management_calls(&self) -> Vec<String> {
        self.state().managed.calls.clone()
    }

    /// How many tokens for the Management API were given out and not taken back.
    #[must_use]
    pub fn management_tokens(&self) -> usize {
        self.state().managed.tokens.len()
    }

    /// Takes them back, as rotating the secret does.
    pub fn forget_management_tokens(&self) {
        self.state().managed.tokens.clear();
    }

    /// A token for the Management API (RFC 6749 §4.4).
    pub(super) fn for_client(
        &self,
        asked: &Fields,
    ) -> Result<Response, (StatusCode, &'static str)> {
        let token = self.unguessable();
        let until = self.0.clock.now() + TOKEN_LASTS;
        let mut state = self.state();
        let audience = format!("{}api/v2/", state.issuer);
        let managed = &mut state.managed;
        let known = of(asked, "client_id") == MANAGEMENT_CLIENT_ID
            && opens(managed.secret.as_ref(), of(asked, "client_secret"));
        if !known {
            return Err((StatusCode::UNAUTHORIZED, "access_denied"));
        }
        if of(asked, "audience") != audience {
            return Err((StatusCode::FORBIDDEN, "access_denied"));
        }
        managed.tokens.insert(token.clone(), until);
        let answer = json!({
            "access_token": token, "token_type": "Bearer", "expires_in": TOKEN_LASTS.whole_seconds(),
            "scope": "read:users update:users read:logs read:logs_users",
        });
        Ok(Json(answer).into_response())
    }
}

fn opens(secret: Option<&Secret<String>>, given: &str) -> bool {
    secret.is_some_and(|secret| secret.expose().as_bytes().ct_eq(given.as_bytes()).into())
}

pub(super) fn router(tenant: &SimulatedAuth0) -> Router<SimulatedAuth0> {
    let api = Router::new()
        .route("/api/v2/users", get(users))
        .route("/api/v2/users/{id}", get(user).merge(patch(change)))
        .route("/api/v2/users/{id}/logs", get(log))
        .route("/api/v2/jobs/verification-email", post(verification))
        .layer(from_fn_with_state(tenant.clone(), with_token));
    let behind = Router::new()
        .route("/sandbox/manners", get(faults).put(set_faults))
        .route("/sandbox/users/{id}", get(behind_user))
        .layer(from_fn_with_state(tenant.clone(), with_secret));
    api.merge(behind)
}

/// As Auth0's API says no.
fn no(status: StatusCode, message: &str, code: &str) -> Response {
    let body = json!({
        "statusCode": status.as_u16(), "error": status.canonical_reason(), "message": message, "errorCode": code,
    });
    (status, Json(body)).into_response()
}

fn bearer(headers: &HeaderMap) -> &str {
    let value = headers.get(header::AUTHORIZATION);
    value
        .and_then(|value| value.to_str().ok()?.strip_prefix("Bearer "))
        .unwrap_or_default()
}

/// Lets in whoever has a token, counts, and says how much may still be asked.
async fn with_token(
    State(tenant): State<SimulatedAuth0>,
    request: Request,
    next: Next,
) -> Response {
    let now = tenant.0.clock.now();
    let (limit, left, limited_for) = {
        let mut guard = tenant.state();
        let state = &mut *guard;
        let Manners {
            per_second, faults, ..
        } = state.manners.clone();
        let managed = &mut state.managed;
        let token = bearer(request.headers());
        let valid = managed.tokens.get(token).is_some_and(|until| now < *until);
        if faults.forgets_tokens {
            managed.tokens.remove(token);
        }
        if !valid || faults.refuses_tokens {
            return no(StatusCode::UNAUTHORIZED, "Invalid token", "invalid_token");
        }
        managed
            .calls
            .push(format!("{} {}", request.method(), request.uri().path()));
        let second = now.unix_timestamp();
        if managed.asked.0 != Some(second) {
            managed.asked = (Some(second), 0);
        }
        managed.asked.1 += 1;
        let spent = managed.asked.1 > per_second || faults.limited_after == Some(0);
        if let Some(left) = &mut state.manners.faults.limited_after {
            *left = left.saturating_sub(1);
        }
        let limited_for = faults.limited_for.or(spent.then_some(1));
        (
            per_second,
            per_second.saturating_sub(managed.asked.1),
            limited_for,
        )
    };
    let reset = now + Duration::seconds(i64::from(limited_for.unwrap_or(1)));
    let mut response = if let Some(seconds) = limited_for {
        let mut refused = no(
            StatusCode::TOO_MANY_REQUESTS,
            "Global limit has been reached",
            "too_many_requests",
        );
        refused
            .headers_mut()
            .insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        refused
    } else {
        next.run(request).await
    };
    let headers = response.headers_mut();
    let left = if limited_for.is_some() { 0 } else { left };
    headers.insert("x-ratelimit-limit", HeaderValue::from(limit));
    headers.insert("x-ratelimit-remaining", HeaderValue::from(left));
    headers.insert(
        "x-ratelimit-reset",
        HeaderValue::from(reset.unix_timestamp()),
    );
    response
}

async fn with_secret(
    State(tenant): State<SimulatedAuth0>,
    request: Request,
    next: Next,
) -> Response {
    if !opens(
        tenant.state().managed.secret.as_ref(),
        bearer(request.headers()),
    ) {
        return refuse(StatusCode::UNAUTHORIZED, "invalid_client");
    }
    next.run(request).await
}

async fn faults(State(tenant): State<SimulatedAuth0>) -> Json<Faults> {
    Json(tenant.state().manners.faults)
}

async fn set_faults(
    State(tenant): State<SimulatedAuth0>,
    Json(faults): Json<Faults>,
) -> StatusCode {
    tenant.state().manners.faults = faults;
    StatusCode::NO_CONTENT
}

async fn behind_user(State(tenant): State<SimulatedAuth0>, Path(id): Path<String>) -> Response {
    tenant.customer(&id).map_or_else(nobody, |customer| {
        let shown = json!({
            "blocked": customer.blocked, "verified": customer.verified, "verifications": customer.verifications,
        });
        Json(shown).into_response()
    })
}

fn nobody() -> Response {
    no(
        StatusCode::NOT_FOUND,
        "The user does not exist.",
        "inexistent_user",
    )
}

fn query(uri: &Uri) -> Fields {
    fields(uri.query().unwrap_or_default())
}

/// Only the fields that were asked for.
fn narrowed(user: Value, query: &Fields) -> Value {
    let asked = of(query, "fields");
    if asked.is_empty() || of(query, "include_fields") == "false" {
        return user;
    }
    let Value::Object(user) = user else {
        return user;
    };
    let asked: Vec<&str> = asked.split(',').collect();
    user.into_iter()
        .filter(|(field, _)| asked.contains(&field.as_str()))
        .collect()
}

async fn user(State(tenant): State<SimulatedAuth0>, Path(id): Path<String>, uri: Uri) -> Response {
    let query = query(&uri);
    tenant.customer(&id).map_or_else(nobody, |customer| {
        Json(narrowed(customer.shown(), &query)).into_response()
    })
}

async fn change(
    State(tenant): State<SimulatedAuth0>,
    Path(id): Path<String>,
    Json(change): Json<Value>,
) -> Response {
    let blocked = match change.as_object() {
        Some(change) if change.len() == 1 => change.get("blocked").and_then(Value::as_bool),
        _ => None,
    };
    let Some(blocked) = blocked else {
        let message = "Payload validation error: only blocked is changed here.";
        return no(StatusCode::BAD_REQUEST, message, "invalid_body");
    };
    let now = tenant.0.clock.now();
    let mut state = tenant.state();
    let Some(customer) = state.managed.customers.get_mut(&id) else {
        return nobody();
    };
    customer.blocked = blocked;
    customer.updated_at = now;
    Json(customer.shown()).into_response()
}

/// A page of a list: `page` counts from 0.
fn page<T: Clone>(all: &[T], query: &Fields, usual: usize, most: usize) -> Option<Vec<T>> {
    let number = |field: &str, usual: usize| match of(query, field) {
        "" => Some(usual),
        text => text.parse::<usize>().ok(),
    };
    let (page, size) = (number("page", 0)?, number("per_page", usual)?);
    if size > most || page > WINDOW {
        return None;
    }
    Some(all.iter().skip(page * size).take(size).cloned().collect())
}

fn bad_page() -> Response {
    let message = "Query validation error: 'page' or 'per_page' is out of bounds.";
    no(StatusCode::BAD_REQUEST, message, "invalid_query_string")
}

async fn log(State(tenant): State<SimulatedAuth0>, Path(id): Path<String>, uri: Uri) -> Response {
    if tenant.state().manners.faults.without_logs {
        let message = "Insufficient scope, expected any of: read:logs, read:logs_users";
        return no(StatusCode::FORBIDDEN, message, "insufficient_scope");
    }
    let Some(customer) = tenant.customer(&id) else {
        return nobody();
    };
    let entries = customer.log(tenant.0.clock.now());
    page(&entries, &query(&uri), 50, 100).map_or_else(bad_page, |page| Json(page).into_response())
}

async fn verification(State(tenant): State<SimulatedAuth0>, Json(job): Json<Value>) -> Response {
    let id = job["user_id"].as_str().unwrap_or_default();
    let now = tenant.0.clock.now();
    let mut state = tenant.state();
    let Some(customer) = state.managed.customers.get_mut(id) else {
        return nobody();
    };
    customer.verifications += 1;
    let job = json!({
        "type": "verification_email", "status": "pending", "created_at": written(now),
        "id": format!("job_{:012x}", now.unix_timestamp()),
    });
    (StatusCode::CREATED, Json(job)).into_response()
}

/// A search by `created_at:[from TO to]`, the oldest first: all that is searched for from here. As at Auth0,
/// no page reaches beyond the first thousand.
async fn users(State(tenant): State<SimulatedAuth0>, uri: Uri) -> Response {
    let query = query(&uri);
    let range = of(&query, "q")
        .strip_prefix("created_at:[")
        .and_then(|rest| rest.strip_suffix(']'))
        .and_then(|range| range.split_once(" TO "));
    let moment = |text: &str| {
        OffsetDateTime::parse(text, &time::format_description::well_known::Rfc3339).ok()
    };
    let range = range.and_then(|(from, to)| Some((moment(from)?, moment(to)?)));
    let (Some((from, to)), "created_at:1", "v3") =
        (range, of(&query, "sort"), of(&query, "search_engine"))
    else {
        let message =
            "The stand-in searches by created_at:[from TO to], sorted by created_at:1, alone.";
        return no(StatusCode::BAD_REQUEST, message, "invalid_query_string");
    };
    let mut found: Vec<Customer> = {
        let state = tenant.state();
        let customers = state.managed.customers.values();
        customers
            .filter(|one| (from..=to).contains(&one.created_at))
            .cloned()
            .collect()
    };
    found.sort_by(|a, b| (a.created_at, &a.subject).cmp(&(b.created_at, &b.subject)));
    found.truncate(WINDOW);
    let Some(page) = page(&found, &query, 50, 100) else {
        return bad_page();
    };
    let shown: Vec<Value> = page
        .iter()
        .map(|one| narrowed(one.shown(), &query))
        .collect();
    Json(shown).into_response()
}
