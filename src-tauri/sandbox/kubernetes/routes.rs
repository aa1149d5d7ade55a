//! The interface of a simulated API server: paths, pages and refusals as the real one has them.

use axum::extract::{Path, Request, State};
use axum::http::{StatusCode, Uri, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use axum::{Json, Router};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use url::form_urlencoded;

use crate::sandbox::kubernetes::Simulated;
use crate::sandbox::kubernetes::fault::Fault;
use crate::sandbox::kubernetes::opencost;

/// What is wrong with it, to look at and to change.
pub(super) const CONTROL: &str = "/sandbox/fault";

/// Marks a request over a connection with a client certificate.
#[derive(Debug, Clone, Copy)]
pub(super) struct Recognised;

pub(super) fn router(cluster: &Simulated) -> Router {
    Router::new()
        .route(CONTROL, get(fault).put(set_fault))
        .route("/version", get(version))
        // As the Python client asks.
        .route("/version/", get(version))
        .route("/{*path}", get(list))
        .layer(from_fn_with_state(cluster.clone(), recognised))
        .with_state(cluster.clone())
}

/// How an API server says no: a `Status`.
pub(super) fn refuse(status: StatusCode, reason: &str, message: &str) -> Response {
    let body = json!({
        "kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Failure", "message": message,
        "reason": reason, "code": status.as_u16(),
    });
    (status, Json(body)).into_response()
}

async fn recognised(State(cluster): State<Simulated>, request: Request, next: Next) -> Response {
    let control = request.uri().path() == CONTROL;
    let header = request.headers().get(header::AUTHORIZATION);
    let known = request.extensions().get::<Recognised>().is_some()
        || cluster.opens(header.map(header::HeaderValue::as_bytes));
    match cluster.fault() {
        _ if !known => return refuse(StatusCode::UNAUTHORIZED, "Unauthorized", "Unauthorized"),
        _ if control => return next.run(request).await,
        Fault::Unauthorized => {
            return refuse(StatusCode::UNAUTHORIZED, "Unauthorized", "Unauthorized");
        }
        Fault::Answer { status } => {
            let status = StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_GATEWAY);
            return refuse(status, "InternalError", "something is wrong here");
        }
        _ => {}
    }
    cluster.note(request.uri().to_string());
    next.run(request).await
}

async fn fault(State(cluster): State<Simulated>) -> Json<Fault> {
    Json(cluster.fault())
}

async fn set_fault(State(cluster): State<Simulated>, Json(fault): Json<Fault>) -> StatusCode {
    cluster.set_fault(fault);
    StatusCode::NO_CONTENT
}

async fn version(State(cluster): State<Simulated>) -> Json<Value> {
    Json(json!({
        "major": "1", "minor": "34", "gitVersion": cluster.version(), "gitTreeState": "clean",
        "gitCommit": "0000000000000000000000000000000000000000", "buildDate": "2025-11-11T00:00:00Z",
        "goVersion": "go1.24.9", "compiler": "gc", "platform": "linux/amd64",
    }))
}

/// Paths, kinds, versions and what is there.
async fn list(
    State(cluster): State<Simulated>,
    // As it is meant, whichever letters of it were escaped.
    Path(path): Path<String>,
    uri: Uri,
) -> Response {
    let world = cluster.world();
    let path = format!("/{path}");
    if let Some(answer) = opencost::answer(cluster.fault(), world, &path, &uri) {
        return answer;
    }
    if let Some(name) = path.strip_prefix("/api/v1/namespaces/") {
        return namespace(&cluster, name);
    }
    let measured = cluster.fault() != Fault::NoMetrics;
    let (kind, version, items) = match path.as_str() {
        "/api/v1/nodes" if cluster.fault() == Fault::NodesForbidden => {
            let said = "nodes is forbidden: User \"system:serviceaccount:hopsdesk\" cannot list resource \
                        \"nodes\" in API group \"\" at the cluster scope";
            return refuse(StatusCode::FORBIDDEN, "Forbidden", said);
        }
        "/api/v1/nodes" => ("NodeList", "v1", &world.nodes),
        "/api/v1/namespaces" => ("NamespaceList", "v1", &world.namespaces),
        "/api/v1/pods" => ("PodList", "v1", &world.pods),
        "/api/v1/persistentvolumeclaims" => ("PersistentVolumeClaimList", "v1", &world.claims),
        "/apis/metrics.k8s.io/v1beta1/nodes" if measured => (
            "NodeMetricsList",
            "metrics.k8s.io/v1beta1",
            &world.node_metrics,
        ),
        "/apis/metrics.k8s.io/v1beta1/pods" if measured => (
            "PodMetricsList",
            "metrics.k8s.io/v1beta1",
            &world.pod_metrics,
        ),
        _ => {
            let said = "the server could not find the requested resource";
            return refuse(StatusCode::NOT_FOUND, "NotFound", said);
        }
    };
    // A metrics server heeds no limit.
    let pages = !path.starts_with("/apis/");
    match named(&uri) {
        None => page(&cluster, &uri, kind, version, items, pages),
        Some(name) => {
            let items: Vec<String> = items
                .iter()
                .filter(|item| is_named(item, &name))
                .cloned()
                .collect();
            page(&cluster, &uri, kind, version, &items, pages)
        }
    }
}

/// One namespace.
fn namespace(cluster: &Simulated, name: &str) -> Response {
    match cluster.fault() {
        Fault::GetForbidden => {
            let said = format!("namespaces \"{name}\" is forbidden");
            return refuse(StatusCode::FORBIDDEN, "Forbidden", &said);
        }
        Fault::GetsNonsense => return Json(json!([])).into_response(),
        _ => {}
    }
    let mut namespaces = cluster.world().namespaces.iter();
    match namespaces.find(|object| is_named(object, name)) {
        Some(object) => {
            ([(header::CONTENT_TYPE, "application/json")], object.clone()).into_response()
        }
        None => refuse(
            StatusCode::NOT_FOUND,
            "NotFound",
            &format!("namespaces \"{name}\" not found"),
        ),
    }
}

/// The name that alone is asked for.
fn named(uri: &Uri) -> Option<String> {
    form_urlencoded::parse(uri.query()?.as_bytes())
        .find(|(key, _)| key == "fieldSelector")?
        .1
        .strip_prefix("metadata.name=")
        .map(str::to_owned)
}

fn is_named(object: &str, name: &str) -> bool {
    serde_json::from_str::<Value>(object).is_ok_and(|object| object["metadata"]["name"] == name)
}

fn page(
    cluster: &Simulated,
    uri: &Uri,
    kind: &str,
    version: &str,
    items: &[String],
    pages: bool,
) -> Response {
    let parameter = |name: &str| {
        form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes())
            .find(|(key, value)| key == name && !value.is_empty())
            .map(|(_, value)| value.into_owned())
    };
    let from = match parameter("continue") {
        None => 0,
        Some(token) => match read_token(&token) {
            Some(from) if cluster.fault() != Fault::Forgetful => from,
            Some(_) => {
                let said = "The provided continue parameter is too old to display a consistent list result.";
                return refuse(StatusCode::GONE, "Expired", said);
            }
            None => {
                return refuse(
                    StatusCode::BAD_REQUEST,
                    "BadRequest",
                    "continue key is not valid",
                );
            }
        },
    };
    let limit = parameter("limit").and_then(|limit| limit.parse::<usize>().ok());
    let limit = limit
        .filter(|limit| *limit > 0 && pages)
        .unwrap_or(usize::MAX);
    let rest = items.get(from..).unwrap_or_default();
    let (here, after) = rest.split_at(rest.len().min(limit));
    let mut metadata = json!({ "resourceVersion": "1" });
    if !after.is_empty() {
        metadata["continue"] = URL_SAFE_NO_PAD
            .encode(format!("v1:{}", from + here.len()))
            .into();
        metadata["remainingItemCount"] = after.len().into();
    }
    let body = format!(
        r#"{{"kind":"{kind}","apiVersion":"{version}","metadata":{metadata},"items":[{}]}}"#,
        here.join(",")
    );
    ([(header::CONTENT_TYPE, "application/json")], body).into_response()
}

fn read_token(token: &str) -> Option<usize> {
    let text = String::from_utf8(URL_SAFE_NO_PAD.decode(token).ok()?).ok()?;
    text.strip_prefix("v1:")?.parse().ok()
}
