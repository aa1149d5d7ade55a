//! What namespaces cost, by the cluster's OpenCost, which is asked through the API server's proxy of services: nothing
//! more has to be opened for it than the kubeconfig already opens.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use hyper::StatusCode;
use rust_decimal::Decimal;
use serde::Deserialize;
use serde_json::value::RawValue;
use thiserror::Error;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use url::form_urlencoded;

use crate::clusters::figure::figure;
use crate::clusters::kubernetes::Kubernetes;
use crate::clusters::kubernetes::failure::KubernetesError;
use crate::domain::capacity::readings::{Costs, Hours, NamespaceCost};

/// What stands for the cost of what nobody asked for.
const IDLE: &str = "__idle__";

/// Names of this form are no namespaces: `__unallocated__`, `__unmounted__`.
const NOT_A_NAMESPACE: &str = "__";

const GIB: i64 = 1 << 30;

/// Where an OpenCost is on its cluster: `opencost/opencost:9003` by its own charts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenCostService {
    namespace: String,
    /// Name and port, as the proxy wants them.
    service: String,
}

/// A text that is no place of a service.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("write it as namespace/service:port, like opencost/opencost:9003")]
pub struct NoService;

impl Default for OpenCostService {
    fn default() -> Self {
        Self {
            namespace: "opencost".to_owned(),
            service: "opencost:9003".to_owned(),
        }
    }
}

impl FromStr for OpenCostService {
    type Err = NoService;

    fn from_str(text: &str) -> Result<Self, NoService> {
        let (namespace, service) = text.trim().split_once('/').ok_or(NoService)?;
        let (name, port) = service.split_once(':').ok_or(NoService)?;
        // RFC 1123 and 6335: names become part of a path.
        let is_label = |text: &str| {
            let mut letters = text.bytes();
            (1..=63).contains(&text.len())
                && letters.all(|letter| matches!(letter, b'a'..=b'z' | b'0'..=b'9' | b'-'))
                && !text.starts_with('-')
                && !text.ends_with('-')
        };
        if ![namespace, name, port].into_iter().all(is_label) {
            return Err(NoService);
        }
        Ok(Self {
            namespace: namespace.to_owned(),
            service: service.to_owned(),
        })
    }
}

impl fmt::Display for OpenCostService {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.namespace, self.service)
    }
}

/// Why costs are not known. `Display` is a sentence that says what to do, without anything the cluster wrote.
#[derive(Debug, Error)]
pub enum OpenCostError {
    /// The cluster has none there: no failure, but nothing is known.
    #[error(
        "This cluster has no OpenCost at {service}, so what its namespaces cost is not known. Install it there, or say where clusters have theirs (HOPSDESK_OPENCOST)."
    )]
    Absent {
        /// Where it was looked for.
        service: String,
    },
    /// It is there, and nothing answers for it.
    #[error(
        "The OpenCost of this cluster ({service}) does not run. It is tried again; if this stays, look at its pods."
    )]
    NotRunning {
        /// Where.
        service: String,
    },
    /// 403.
    #[error(
        "The Kubernetes at {place} does not let this kubeconfig reach OpenCost (status 403). Let its user get `services/proxy` of {service}."
    )]
    NotAllowed {
        /// Host and port of the API server.
        place: String,
        /// Where.
        service: String,
    },
    /// It has a problem of its own.
    #[error(
        "The OpenCost of this cluster ({service}) has a problem of its own (status {status}). It is tried again; if this stays, check that its Prometheus answers."
    )]
    Troubled {
        /// Where.
        service: String,
        /// The HTTP status.
        status: u16,
    },
    /// It answers something else.
    #[error(
        "What answers at {service} is no OpenCost that we know: {problem}. Check where clusters have theirs (HOPSDESK_OPENCOST)."
    )]
    Unexpected {
        /// Where.
        service: String,
        /// What is odd.
        problem: &'static str,
    },
    /// The API server before it.
    #[error(transparent)]
    Kubernetes(#[from] KubernetesError),
}

impl OpenCostError {
    /// A stable word for it.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Absent { .. } => "absent",
            Self::NotRunning { .. } => "not_running",
            Self::NotAllowed { .. } => "not_allowed",
            Self::Troubled { .. } => "troubled",
            Self::Unexpected { .. } => "unexpected_answer",
            Self::Kubernetes(error) => error.code(),
        }
    }
}

/// An answer of `/allocation/compute`.
#[derive(Debug, Deserialize)]
struct Answer<'a> {
    code: u16,
    #[serde(borrow, default)]
    data: Option<Vec<Option<Window<'a>>>>,
}

/// What was given in one window of time, by namespace.
type Window<'a> = BTreeMap<String, Option<Allocation<'a>>>;

/// What was given to a namespace; fields that are left out here are those nobody asks for.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Allocation<'a> {
    #[serde(borrow, default)]
    total_cost: Option<&'a RawValue>,
    #[serde(borrow, default)]
    cpu_core_hours: Option<&'a RawValue>,
    #[serde(borrow, default)]
    gpu_hours: Option<&'a RawValue>,
    #[serde(borrow, default)]
    ram_byte_hours: Option<&'a RawValue>,
}

/// Asks what the namespaces of a cluster cost in these hours.
///
/// # Errors
/// [`OpenCostError`]
pub async fn costs(
    kubernetes: &Kubernetes,
    service: &OpenCostService,
    hours: Hours,
) -> Result<Costs, OpenCostError> {
    let (status, body) = kubernetes.answer(&path(service, hours)).await?;
    let place = || service.to_string();
    match status {
        StatusCode::NOT_FOUND => return Err(OpenCostError::Absent { service: place() }),
        StatusCode::SERVICE_UNAVAILABLE | StatusCode::BAD_GATEWAY => {
            return Err(OpenCostError::NotRunning { service: place() });
        }
        StatusCode::FORBIDDEN => {
            return Err(OpenCostError::NotAllowed {
                place: kubernetes.place().to_owned(),
                service: place(),
            });
        }
        StatusCode::UNAUTHORIZED => {
            let place = kubernetes.place().to_owned();
            return Err(KubernetesError::NotRecognised { place }.into());
        }
        status if !status.is_success() => {
            return Err(OpenCostError::Troubled {
                service: place(),
                status: status.as_u16(),
            });
        }
        _ => {}
    }
    let unexpected = |problem| OpenCostError::Unexpected {
        service: service.to_string(),
        problem,
    };
    let answer: Answer<'_> =
        serde_json::from_slice(&body).map_err(|_| unexpected("its answer cannot be read"))?;
    if answer.code != 200 {
        return Err(OpenCostError::Troubled {
            service: place(),
            status: answer.code,
        });
    }
    let sets = answer
        .data
        .ok_or_else(|| unexpected("its answer has no data"))?;
    Ok(added_up(sets, hours))
}

fn path(service: &OpenCostService, hours: Hours) -> String {
    let moment = |moment: OffsetDateTime| moment.format(&Rfc3339).unwrap_or_default();
    let query = form_urlencoded::Serializer::new(String::new())
        .append_pair(
            "window",
            &format!("{},{}", moment(hours.from), moment(hours.until)),
        )
        .append_pair("aggregate", "namespace")
        .append_pair("accumulate", "true")
        .append_pair("includeIdle", "true")
        .finish();
    format!(
        "/api/v1/namespaces/{}/services/{}/proxy/allocation/compute?{query}",
        service.namespace, service.service
    )
}

/// Versions that do not accumulate answer several sets, one after the other.
fn added_up(sets: Vec<Option<BTreeMap<String, Option<Allocation<'_>>>>>, hours: Hours) -> Costs {
    let mut costs = Costs {
        hours,
        namespaces: Vec::new(),
        total: None,
        idle: None,
        unread: 0,
    };
    let mut namespaces: BTreeMap<String, NamespaceCost> = BTreeMap::new();
    for (name, allocation) in sets.into_iter().flatten().flatten() {
        let cost = allocation
            .as_ref()
            .and_then(|allocation| sane(allocation.total_cost));
        if cost.is_none() {
            costs.unread += 1;
        }
        costs.total = sum(costs.total, cost);
        if name == IDLE {
            costs.idle = sum(costs.idle, cost);
        }
        if name.is_empty() || name.starts_with(NOT_A_NAMESPACE) || name.len() > 253 {
            continue;
        }
        let hours = |of: fn(&Allocation<'_>) -> Option<Decimal>| allocation.as_ref().and_then(of);
        let here = NamespaceCost {
            namespace: name.clone(),
            cost,
            cpu_hours: hours(|given| sane(given.cpu_core_hours)),
            gpu_hours: hours(|given| sane(given.gpu_hours)),
            memory_gib_hours: hours(|given| {
                sane(given.ram_byte_hours)?.checked_div(Decimal::from(GIB))
            }),
        };
        match namespaces.entry(name) {
            std::collections::btree_map::Entry::Vacant(place) => {
                place.insert(here);
            }
            std::collections::btree_map::Entry::Occupied(mut before) => {
                let before = before.get_mut();
                // A part that is not known leaves the whole unknown.
                before.cost = both(before.cost, here.cost);
                before.cpu_hours = both(before.cpu_hours, here.cpu_hours);
                before.gpu_hours = both(before.gpu_hours, here.gpu_hours);
                before.memory_gib_hours = both(before.memory_gib_hours, here.memory_gib_hours);
            }
        }
    }
    costs.namespaces = namespaces.into_values().collect();
    costs
}

/// Less than nothing is said of what Prometheus has not measured.
fn sane(raw: Option<&RawValue>) -> Option<Decimal> {
    figure(raw).filter(|figure| !figure.is_sign_negative() || figure.is_zero())
}

fn sum(one: Option<Decimal>, other: Option<Decimal>) -> Option<Decimal> {
    match (one, other) {
        (Some(one), Some(other)) => one.checked_add(other),
        (one, other) => one.or(other),
    }
}

fn both(one: Option<Decimal>, other: Option<Decimal>) -> Option<Decimal> {
    one?.checked_add(other?)
}

#[cfg(test)]
mod tests {
    use rust_decimal::dec;
    use time::macros::datetime;

    use super::*;

    fn read(json: &str) -> Costs {
        let answer: Answer<'_> = serde_json::from_str(json).expect("an answer");
        let hours = Hours::before(datetime!(2026-11-20 12:00 UTC));
        added_up(answer.data.expect("data"), hours)
    }

    #[test]
    fn what_opencost_does_not_know_is_not_nothing() {
        let costs = read(
            r#"{"code": 200, "status": "success", "data": [{
                "acme": {"name": "acme", "totalCost": 1.25, "cpuCoreHours": 48, "gpuHours": 0, "ramByteHours": 103079215104},
                "lost": {"name": "lost", "totalCost": null, "cpuCoreHours": 3.5},
                "odd": {"name": "odd", "totalCost": -4.2, "gpuHours": -1},
                "empty": null,
                "__idle__": {"totalCost": 10}, "__unmounted__": {"totalCost": 0.5}
            }]}"#,
        );
        assert_eq!(costs.total, Some(dec!(11.75)));
        assert_eq!(costs.idle, Some(dec!(10)));
        assert_eq!(costs.unread, 3, "lost, odd and empty");
        let of = |name: &str| {
            let found = costs.namespaces.iter().find(|one| one.namespace == name);
            found.unwrap_or_else(|| panic!("{name}")).clone()
        };
        assert_eq!(of("acme").cost, Some(dec!(1.25)));
        assert_eq!(of("acme").memory_gib_hours, Some(dec!(96)));
        assert_eq!(
            (of("lost").cost, of("lost").cpu_hours),
            (None, Some(dec!(3.5)))
        );
        assert_eq!((of("odd").cost, of("odd").gpu_hours), (None, None));
        assert_eq!(costs.namespaces.len(), 4, "what is idle is no namespace");
    }

    #[test]
    fn several_sets_are_added_up_and_an_empty_one_says_nothing() {
        let costs = read(
            r#"{"code": 200, "data": [{"a": {"totalCost": 1}}, null, {}, {"a": {"totalCost": 2}, "b": {"totalCost": 1e-3}}]}"#,
        );
        assert_eq!(costs.total, Some(dec!(3.001)));
        assert_eq!(costs.namespaces[0].cost, Some(dec!(3)));
        assert_eq!(read(r#"{"code": 200, "data": []}"#).total, None);
    }

    #[test]
    fn a_place_is_of_names_and_cannot_leave_its_path() {
        let place = |text: &str| text.parse::<OpenCostService>();
        assert_eq!(
            place("opencost/opencost:9003"),
            Ok(OpenCostService::default())
        );
        assert!(place("cost/kubecost-cost-analyzer:http").is_ok());
        for odd in [
            "", "opencost", "a/b", "a/b:", "../b:1", "a/b/c:1", "a/B:1", "a/b:1/..", "a/b:1?x",
        ] {
            assert_eq!(place(odd), Err(NoService), "{odd}");
        }
        let asked = path(
            &OpenCostService::default(),
            Hours::before(datetime!(2026-11-20 12:00 UTC)),
        );
        assert_eq!(
            asked,
            "/api/v1/namespaces/opencost/services/opencost:9003/proxy/allocation/compute?window=2026-11-19T12%3A00%3A00Z%2C2026-11-20T12%3A00%3A00Z&aggregate=namespace&accumulate=true&includeIdle=true"
        );
    }
}
