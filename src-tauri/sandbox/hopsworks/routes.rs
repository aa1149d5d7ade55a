//! The interface of a simulated cluster: paths, parameters and answers as Hopsworks has them.

use axum::extract::{Path, Request, State};
use axum::http::{StatusCode, Uri, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use axum::{Json, Router};
use serde::Deserialize;
use serde_json::{Value, json};
use url::form_urlencoded;

use crate::domain::hopsworks::{HopsworksStatus, is_same_address};
use crate::sandbox::hopsworks::Simulated;
use crate::sandbox::hopsworks::fault::Fault;
use crate::sandbox::hopsworks::people::{SimulatedUser, Wanted};

/// What is wrong with it, to look at and to change.
pub(super) const CONTROL: &str = "/sandbox/fault";

const BAD_PARAMETER: i64 = 120_004;
const USER_NOT_FOUND: i64 = 160_002;
const USER_EXISTS: i64 = 160_003;
const KEY_UNKNOWN: i64 = 320_001;

pub(super) fn router(cluster: &Simulated) -> Router {
    let keyed = Router::new()
        .route("/hopsworks-api/api/admin/users", get(list).post(create))
        .route("/hopsworks-api/api/admin/users/{id}", get(show).put(change))
        .route("/hopsworks-api/api/admin/projects", get(projects))
        .route(CONTROL, get(fault).put(set_fault))
        .layer(from_fn_with_state(cluster.clone(), with_key));
    Router::new()
        .route("/hopsworks-api/api/variables/versions", get(versions))
        .merge(keyed)
        .fallback(|| async { no_route() })
        .with_state(cluster.clone())
}

/// How Hopsworks says no.
fn refuse(status: StatusCode, code: i64, said: &str) -> Response {
    let body = json!({ "errorCode": code, "errorMsg": said, "usrMsg": said, "devMsg": "" });
    (status, Json(body)).into_response()
}

async fn with_key(State(cluster): State<Simulated>, request: Request, next: Next) -> Response {
    let header = request.headers().get(header::AUTHORIZATION);
    let opens = cluster.opens(header.map(header::HeaderValue::as_bytes));
    let control = request.uri().path() == CONTROL;
    if !opens || (cluster.fault() == Fault::KeyRefused && !control) {
        let said = "Could not find or verify the API key.";
        return refuse(StatusCode::UNAUTHORIZED, KEY_UNKNOWN, said);
    }
    if !control {
        cluster.note(format!("{} {}", request.method(), request.uri().path()));
    }
    next.run(request).await
}

async fn versions() -> Json<Value> {
    Json(json!([
        { "software": "hopsworks", "version": "4.6.0" },
        { "software": "ndb", "version": "24.10.3" },
    ]))
}

async fn fault(State(cluster): State<Simulated>) -> Json<Fault> {
    Json(cluster.fault())
}

async fn set_fault(State(cluster): State<Simulated>, Json(fault): Json<Fault>) -> StatusCode {
    cluster.set_fault(fault);
    StatusCode::NO_CONTENT
}

fn parameters(uri: &Uri) -> Vec<(String, String)> {
    form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes())
        .into_owned()
        .collect()
}

async fn list(State(cluster): State<Simulated>, uri: Uri) -> Response {
    let mut users = cluster.people().all();
    let (mut offset, mut limit) = (0, usize::MAX);
    for (name, value) in parameters(&uri) {
        match (name.as_str(), value.split_once(':')) {
            ("filter_by", Some(("user_email", email))) if cluster.dialect().filters_by_email => {
                users.retain(|user| is_same_address(&user.email, email));
            }
            ("filter_by", Some(("status", status))) => {
                let wanted = status.parse().ok().and_then(HopsworksStatus::of_code);
                users.retain(|user| Some(user.status) == wanted);
            }
            // So they are: everybody came through a provider, and in this order.
            ("filter_by", Some(("type", "REMOTE_ACCOUNT_TYPE")))
            | ("sort_by", Some(("email", "asc"))) => {}
            ("sort_by", Some(("email", "desc"))) => users.reverse(),
            ("offset" | "limit", None) if !cluster.dialect().pages => {}
            ("offset", None) => match value.parse() {
                Ok(number) => offset = number,
                Err(_) => return no_route(),
            },
            ("limit", None) => match value.parse() {
                Ok(number) => limit = number,
                Err(_) => return no_route(),
            },
            // A filter or an order that it does not know: JAX-RS makes a 404 of it.
            _ => return no_route(),
        }
    }
    let items: Vec<Value> = users
        .iter()
        .skip(offset)
        .take(limit)
        .map(|user| profile(&cluster, user))
        .collect();
    let mut answer = json!({ "href": uri.path(), "count": users.len() });
    if !items.is_empty() {
        answer["items"] = Value::Array(items);
    }
    Json(answer).into_response()
}

/// Offset and limit are ignored there.
async fn projects(State(cluster): State<Simulated>, uri: Uri) -> Response {
    let expanded = |what: &str| {
        let parameters = parameters(&uri);
        parameters
            .iter()
            .any(|(name, value)| name == "expand" && value == what)
    };
    let (creator, quotas) = (expanded("creator"), expanded("quotas"));
    let items: Vec<Value> = cluster
        .projects()
        .iter()
        .map(|project| project.listed(creator, quotas, cluster.dialect().pages))
        .collect();
    Json(json!({ "href": uri.path(), "count": items.len(), "items": items })).into_response()
}

fn profile(cluster: &Simulated, user: &SimulatedUser) -> Value {
    let status = if cluster.dialect().names_status {
        json!(user.status.name())
    } else {
        json!(user.status.code())
    };
    json!({
        "href": format!("/hopsworks-api/api/users/{}", user.id),
        "id": user.id,
        "firstname": user.given_name,
        "lastname": user.surname,
        "email": user.email,
        "username": user.username,
        "accountType": "REMOTE_ACCOUNT_TYPE",
        "twoFactor": false,
        "toursState": 0,
        "status": status,
        "maxNumProjects": user.project_limit,
        "numActiveProjects": 0,
        "role": [{ "groupName": "HOPS_USER", "groupDesc": "Registered users in the system", "gid": 1006 }],
    })
}

fn nobody() -> Response {
    refuse(StatusCode::NOT_FOUND, USER_NOT_FOUND, "User was not found.")
}

/// Only numbers address a user; the route of anything else does not exist.
fn no_route() -> Response {
    refuse(StatusCode::NOT_FOUND, BAD_PARAMETER, "HTTP 404 Not Found")
}

async fn show(State(cluster): State<Simulated>, Path(id): Path<String>) -> Response {
    let Ok(id) = id.parse() else {
        return no_route();
    };
    let user = cluster.people().get(id);
    user.map_or_else(nobody, |user| {
        Json(profile(&cluster, &user)).into_response()
    })
}

#[derive(Debug, Deserialize)]
struct Change {
    status: Option<i64>,
    #[serde(rename = "maxNumProjects")]
    project_limit: Option<i64>,
}

async fn change(
    State(cluster): State<Simulated>,
    Path(id): Path<String>,
    Json(change): Json<Change>,
) -> Response {
    let Ok(id) = id.parse() else {
        return no_route();
    };
    let status = change.status.map(HopsworksStatus::of_code);
    if status == Some(None) {
        return refuse(StatusCode::BAD_REQUEST, BAD_PARAMETER, "No such status.");
    }
    match cluster
        .people()
        .change(id, status.flatten(), change.project_limit)
    {
        Some(user) => Json(profile(&cluster, &user)).into_response(),
        None => nobody(),
    }
}

/// Takes query parameters and no body; its answer has no number.
async fn create(State(cluster): State<Simulated>, uri: Uri) -> Response {
    let parameters = parameters(&uri);
    let get = |name: &str| {
        let value = parameters.iter().find(|(key, _)| key == name);
        value
            .map(|(_, value)| value.trim().to_owned())
            .filter(|value| !value.is_empty())
    };
    let remote = get("accountType").as_deref() == Some("REMOTE_ACCOUNT_TYPE")
        && get("type").as_deref() == Some("OAUTH2");
    let (Some(email), Some(given_name), Some(surname), Some(subject), Some(client)) = (
        get("email").filter(|email| email.contains('@')),
        get("givenName"),
        get("surname"),
        get("subject"),
        get("clientId"),
    ) else {
        return refuse(
            StatusCode::BAD_REQUEST,
            BAD_PARAMETER,
            "A parameter is missing.",
        );
    };
    if !remote {
        return refuse(StatusCode::NOT_FOUND, BAD_PARAMETER, "HTTP 404 Not Found");
    }
    let uuid = format!("{client}.{subject}");
    let wanted = Wanted {
        email,
        given_name,
        surname,
        subject,
        project_limit: get("maxNumProjects").and_then(|limit| limit.parse().ok()),
    };
    match cluster.people().create(wanted) {
        Some(user) => {
            let answer = json!({
                "uuid": uuid,
                "givenName": user.given_name,
                "surname": user.surname,
                "email": user.email,
                "username": user.username,
            });
            (StatusCode::CREATED, Json(answer)).into_response()
        }
        None => refuse(
            StatusCode::CONFLICT,
            USER_EXISTS,
            "There is an existing account with this email.",
        ),
    }
}
