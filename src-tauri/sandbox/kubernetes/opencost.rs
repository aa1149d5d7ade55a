//! The OpenCost of a simulated cluster, behind the API server's proxy of services: what each namespace held, at the
//! list prices that OpenCost has built in, for as long as is asked.

use std::fmt::Write as _;

use axum::http::{StatusCode, Uri, header};
use axum::response::{IntoResponse as _, Response};
use rust_decimal::Decimal;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use url::form_urlencoded;

use crate::sandbox::kubernetes::fault::Fault;
use crate::sandbox::kubernetes::routes::refuse;
use crate::sandbox::kubernetes::world::{Held, World};

const SERVICE: &str = "/api/v1/namespaces/opencost/services/opencost:9003/proxy";

/// OpenCost's prices where no provider's are set: a core, a GiB and a device for an hour.
const CORE: Decimal = Decimal::from_parts(31_611, 0, 0, false, 6);
const GIB: Decimal = Decimal::from_parts(4_237, 0, 0, false, 6);
const DEVICE: Decimal = Decimal::from_parts(95, 0, 0, false, 2);

/// Answers what is behind the proxy; none for another path.
pub(super) fn answer(fault: Fault, world: &World, path: &str, uri: &Uri) -> Option<Response> {
    let path = path.strip_prefix(SERVICE)?;
    let refused = match fault {
        Fault::NoOpencost => Some((
            StatusCode::NOT_FOUND,
            "NotFound",
            "services \"opencost\" not found",
        )),
        Fault::OpencostDown => Some((
            StatusCode::SERVICE_UNAVAILABLE,
            "ServiceUnavailable",
            "no endpoints available for service \"opencost:9003\"",
        )),
        Fault::OpencostForbidden => Some((
            StatusCode::FORBIDDEN,
            "Forbidden",
            "services \"opencost:9003\" is forbidden: User \"system:serviceaccount:hopsdesk\" cannot get resource \
             \"services/proxy\" in API group \"\" in the namespace \"opencost\"",
        )),
        _ => None,
    };
    if let Some((status, reason, said)) = refused {
        return Some(refuse(status, reason, said));
    }
    if path != "/allocation/compute" {
        return Some((StatusCode::NOT_FOUND, "404 page not found\n").into_response());
    }
    Some(match minutes(uri) {
        None => json(
            StatusCode::BAD_REQUEST,
            r#"{"code":400,"status":"","data":null,"message":"Invalid 'window' parameter"}"#
                .to_owned(),
        ),
        Some(minutes) => json(StatusCode::OK, allocations(fault, world, minutes)),
    })
}

fn json(status: StatusCode, body: String) -> Response {
    (status, [(header::CONTENT_TYPE, "application/json")], body).into_response()
}

/// How long the window is. Only the form of two moments is known here.
fn minutes(uri: &Uri) -> Option<i64> {
    let window =
        form_urlencoded::parse(uri.query()?.as_bytes()).find(|(name, _)| name == "window")?;
    let (from, until) = window.1.split_once(',')?;
    let moment = |text: &str| OffsetDateTime::parse(text, &Rfc3339).ok();
    let minutes = (moment(until)? - moment(from)?).whole_minutes();
    (minutes > 0).then_some(minutes)
}

fn allocations(fault: Fault, world: &World, minutes: i64) -> String {
    let hours = Decimal::from(minutes) / Decimal::from(60);
    let odd = fault == Fault::OddCosts;
    let mut body = r#"{"code":200,"status":"success","data":[{"#.to_owned();
    let mut given = Held::default();
    for (n, (namespace, held)) in world.held.iter().enumerate() {
        given = given.with(*held);
        // What Prometheus did not scrape: null, or less than nothing.
        let text = match n % 3 {
            0 if odd => allocation(namespace, *held, hours, Some("null")),
            1 if odd => allocation(namespace, *held, hours, Some("-4.25")),
            _ => allocation(namespace, *held, hours, None),
        };
        // Writing to a String cannot fail.
        let _ = write!(body, "{text},");
    }
    let idle = world.gives.less(given);
    body += &allocation("__idle__", idle, hours, None);
    body += "}]}";
    body
}

fn allocation(name: &str, held: Held, hours: Decimal, instead: Option<&str>) -> String {
    let cores = Decimal::from(held.millicores) / Decimal::from(1000) * hours;
    let gib = Decimal::from(held.mib) / Decimal::from(1024) * hours;
    let devices = Decimal::from(held.gpus) * hours;
    let cost = (cores * CORE + gib * GIB + devices * DEVICE).round_dp(8);
    let cost = instead.map_or_else(|| cost.to_string(), str::to_owned);
    format!(
        r#""{name}":{{"name":"{name}","properties":{{"cluster":"default-cluster","namespace":"{name}"}},"minutes":{},"cpuCoreHours":{cores},"gpuHours":{devices},"ramByteHours":{},"cpuEfficiency":null,"pvByteHours":0,"networkTransferBytes":0,"totalCost":{cost}}}"#,
        (hours * Decimal::from(60)).round(),
        (gib * Decimal::from(1_i64 << 30)).round_dp(3),
    )
}
