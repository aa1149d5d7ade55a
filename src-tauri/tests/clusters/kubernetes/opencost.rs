//! OpenCost behind the API server's proxy: what it says, and every way in which it says nothing.

use hopsdesk::clusters::kubernetes::failure::KubernetesError;
use hopsdesk::clusters::opencost::{OpenCostError, OpenCostService, costs};
use hopsdesk::domain::capacity::readings::Hours;
use hopsdesk::sandbox::kubernetes::fault::Fault;
use hopsdesk::sandbox::kubernetes::sample::{Peculiar, world};
use rust_decimal::{Decimal, dec};
use time::macros::datetime;

use super::{Served, serve};

fn hours() -> Hours {
    Hours::before(datetime!(2026-11-20 12:34 UTC))
}

async fn served() -> Served {
    let names = ["acme".to_owned(), "shared".to_owned()];
    serve(world("a", &names, Peculiar::default())).await
}

#[tokio::test]
async fn namespaces_cost_what_they_hold_and_the_rest_is_idle() {
    let served = served().await;
    let service = OpenCostService::default();
    let costs = costs(&served.client().await, &service, hours())
        .await
        .expect("costs");
    let of = |name: &str| {
        let found = costs.namespaces.iter().find(|one| one.namespace == name);
        found
            .and_then(|one| one.cost)
            .unwrap_or_else(|| panic!("{name}"))
    };
    assert!(of("hopsworks") > Decimal::ZERO);
    let given: Decimal = costs.namespaces.iter().filter_map(|one| one.cost).sum();
    let (total, idle) = (costs.total.expect("all"), costs.idle.expect("what is idle"));
    assert!(idle > Decimal::ZERO);
    assert_eq!(given + idle, total, "to the last digit");
    assert_eq!(costs.unread, 0);
    // Cores by the hour, at 0.031611 each: a day of a core is 0.758664.
    let cores: Decimal = costs
        .namespaces
        .iter()
        .filter_map(|one| one.cpu_hours)
        .sum();
    assert!(
        cores > Decimal::ZERO && cores % dec!(0.25) == Decimal::ZERO,
        "{cores}"
    );
    let asked = served.cluster.calls();
    assert!(
        asked.iter().any(|call| call.contains("window=2026-11-19T12%3A00%3A00Z%2C2026-11-20T12%3A00%3A00Z")),
        "whole hours, no rolling window: {asked:?}"
    );
}

#[tokio::test]
async fn what_prometheus_did_not_scrape_is_unknown_and_not_free() {
    let served = served().await;
    served.cluster.set_fault(Fault::OddCosts);
    let costs = costs(&served.client().await, &OpenCostService::default(), hours())
        .await
        .expect("costs");
    let unknown = costs
        .namespaces
        .iter()
        .filter(|one| one.cost.is_none())
        .count();
    assert!(unknown > 0 && unknown < costs.namespaces.len(), "{costs:?}");
    assert_eq!(u32::try_from(unknown), Ok(costs.unread));
    let negative = |one: &Option<Decimal>| one.is_some_and(|cost| cost < Decimal::ZERO);
    assert!(!costs.namespaces.iter().any(|one| negative(&one.cost)));
}

#[tokio::test]
async fn every_way_to_say_nothing_is_told_apart() {
    let served = served().await;
    let client = served.client().await;
    let mut told = Vec::new();
    for fault in [
        Fault::NoOpencost,
        Fault::OpencostDown,
        Fault::OpencostForbidden,
        Fault::Answer { status: 500 },
        Fault::Unauthorized,
    ] {
        served.cluster.set_fault(fault);
        let error = costs(&client, &OpenCostService::default(), hours())
            .await
            .expect_err("nothing is known");
        assert!(!error.to_string().contains("canary"), "{error}");
        told.push(error.code());
    }
    assert_eq!(
        told,
        [
            "absent",
            "not_running",
            "not_allowed",
            "troubled",
            "not_recognised"
        ]
    );
    served.cluster.set_fault(Fault::None);
    let elsewhere: OpenCostService = "costs/opencost:9003".parse().expect("a place");
    let error = costs(&client, &elsewhere, hours()).await.expect_err("none");
    assert!(matches!(error, OpenCostError::Absent { .. }), "{error}");
    assert!(error.to_string().contains("costs/opencost:9003"), "{error}");
    served.cluster.set_fault(Fault::Closed);
    let error = costs(&client, &OpenCostService::default(), hours())
        .await
        .expect_err("away");
    assert!(
        matches!(
            error,
            OpenCostError::Kubernetes(KubernetesError::Unreachable { .. })
        ),
        "{error}"
    );
}
