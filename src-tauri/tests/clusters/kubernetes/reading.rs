//! What is read of a cluster: exact sums, whatever the size of its pages.

use hopsdesk::domain::capacity::nodes::Used;
use hopsdesk::domain::capacity::quantity::Quantity;
use hopsdesk::domain::capacity::snapshot::NoMetrics;
use hopsdesk::sandbox::kubernetes::Credentials;
use hopsdesk::sandbox::kubernetes::fault::Fault;
use hopsdesk::sandbox::kubernetes::world::World;
use serde_json::{Value, json};
use time::macros::datetime;

use crate::PATIENCE;
use crate::clusters::kubernetes::{AUTHORITY, UNTIL, client, serve};

fn node(name: &str, more: Value) -> Value {
    let mut node = json!({
        "metadata": { "name": name, "labels": { "node.kubernetes.io/instance-type": "m6i.4xlarge" } },
        "spec": {},
        "status": {
            "capacity": { "cpu": "16", "memory": "64Gi", "ephemeral-storage": "100Gi", "pods": "110" },
            "allocatable": {
                "cpu": "15890m", "memory": "60Gi", "ephemeral-storage": "95Gi", "pods": "110", "nvidia.com/gpu": "2",
            },
            "conditions": [
                { "type": "MemoryPressure", "status": "False" },
                { "type": "Ready", "status": "True", "reason": "KubeletReady" },
            ],
            "nodeInfo": { "kubeletVersion": "v1.34.1" },
        },
    });
    merge(&mut node, more);
    node
}

fn merge(to: &mut Value, from: Value) {
    match (to, from) {
        (Value::Object(to), Value::Object(from)) => {
            for (key, value) in from {
                merge(to.entry(key).or_insert(Value::Null), value);
            }
        }
        (to, from) => *to = from,
    }
}

fn pod(namespace: &str, node: &str, cpu: &str) -> Value {
    json!({
        "metadata": { "name": format!("p-{cpu}"), "namespace": namespace },
        "spec": { "nodeName": node, "containers": [{ "resources": { "requests": { "cpu": cpu, "memory": "1Gi" } } }] },
        "status": { "phase": "Running" },
    })
}

/// Two nodes and every kind of pod that counts in its own way.
fn small() -> World {
    let mut world = World::default();
    world.node(&node("n1", json!({})));
    world.node(&node(
        "n2",
        json!({
            "spec": { "unschedulable": true, "taints": [
                { "key": "nvidia.com/gpu", "value": "present", "effect": "NoSchedule" },
                { "key": "node.kubernetes.io/unreachable", "effect": "NoExecute" },
            ] },
            "status": { "conditions": [
                { "type": "DiskPressure", "status": "True" },
                { "type": "Ready", "status": "Unknown", "reason": "NodeStatusUnknown" },
            ] },
        }),
    ));
    for name in ["acme", "beta", "empty"] {
        world.namespace(name);
    }
    world.pod(&pod("acme", "n1", "500m"));
    world.pod(&json!({
        "metadata": { "name": "all", "namespace": "acme" },
        "spec": {
            "nodeName": "n1",
            "initContainers": [
                { "restartPolicy": "Always", "resources": { "requests": { "cpu": "200m" } } },
                { "resources": { "requests": { "cpu": "2", "nvidia.com/gpu": "1" } } },
            ],
            "containers": [{ "resources": {
                "requests": { "cpu": "1", "memory": "2Gi", "ephemeral-storage": "1Gi" }, "limits": { "cpu": "2", "memory": "4Gi" },
            } }],
            "overhead": { "cpu": "50m" },
        },
        "status": { "phase": "Running" },
    }));
    let mut done = pod("acme", "n1", "9");
    done["status"]["phase"] = "Succeeded".into();
    world.pod(&done);
    let mut waiting = pod("beta", "", "64");
    waiting["status"]["phase"] = "Pending".into();
    world.pod(&waiting);
    // An odd one does not hide the others.
    world.pod(&pod("beta", "n1", "a lot"));
    world.claim(&json!({
        "metadata": { "name": "data", "namespace": "beta" },
        "spec": { "resources": { "requests": { "storage": "10Gi" } } },
        "status": { "phase": "Bound", "capacity": { "storage": "16Gi" } },
    }));
    world.claim(&json!({
        "metadata": { "name": "more", "namespace": "beta" },
        "spec": { "resources": { "requests": { "storage": "5Gi" } } }, "status": { "phase": "Pending" },
    }));
    world.node_uses("n1", 1_500_000_001, 2_097_152);
    world.pod_uses("acme", "p-500m", 250_000_000, 1_024);
    world.pod_uses("acme", "all", 750_000_001, 2_048);
    world
}

fn gib(count: i64) -> i64 {
    count << 30
}

#[tokio::test]
async fn everything_is_added_up_as_the_scheduler_does() {
    let served = serve(small()).await;
    let known = served.client().await.capacity().await.expect("a capacity");
    assert_eq!(known.no_metrics, None);
    let summed = known.summed;
    // 500m, and the larger of 1 + 0.2 and 2 + 0.2, and the overhead.
    assert_eq!(summed.load.requested.cpu.thousandths(), 500 + 2_200 + 50);
    assert_eq!(summed.load.requested.memory.whole(), gib(3));
    assert_eq!(summed.load.requested.gpu.whole(), 1);
    assert_eq!(summed.load.requested.ephemeral.whole(), gib(1));
    assert_eq!(summed.load.limits.cpu.thousandths(), 2_050);
    assert_eq!((summed.load.pods, summed.waiting, summed.unread), (2, 1, 1));
    assert_eq!(
        summed.allocatable.cpu.map(Quantity::thousandths),
        Some(31_780)
    );
    assert_eq!(summed.capacity.memory.map(Quantity::whole), Some(gib(128)));
    assert_eq!(summed.allocatable.gpu.whole(), 4);
    assert_eq!(summed.allocatable.pods.map(Quantity::whole), Some(220));
    assert_eq!(
        (
            summed.claims,
            summed.claimed.whole(),
            summed.provisioned.whole()
        ),
        (2, gib(15), gib(16))
    );
    // The node that is lost tells nothing; the one that is ready does.
    assert_eq!(
        summed
            .used
            .map(|used| (used.cpu.thousandths(), used.memory.whole())),
        Some((1_501, gib(2)))
    );

    let lost = &summed.nodes[1];
    assert_eq!(
        (lost.is_ready, lost.is_cordoned, lost.used),
        (None, true, None)
    );
    assert_eq!(lost.reason.as_deref(), Some("NodeStatusUnknown"));
    assert_eq!(
        lost.taints,
        [
            "nvidia.com/gpu=present:NoSchedule",
            "node.kubernetes.io/unreachable:NoExecute"
        ]
    );
    assert_eq!(lost.pressures, ["DiskPressure"]);
    assert_eq!(lost.machine.as_deref(), Some("m6i.4xlarge"));

    let of = |name: &str| {
        summed
            .namespaces
            .iter()
            .find(|found| found.name == name)
            .expect("a namespace")
    };
    assert_eq!(
        of("acme").used.map(|used| used.cpu.thousandths()),
        Some(1_001)
    );
    assert_eq!(
        (of("beta").waiting, of("beta").load.pods, of("beta").claims),
        (1, 0, 2)
    );
    assert_eq!(of("empty").used, Some(Used::default()));
}

#[tokio::test]
async fn a_kubernetes_says_by_what_it_is_told_from_others() {
    let mut world = small();
    world.system("6f0e-of-its-own");
    let served = serve(world).await;
    let client = served.client().await;
    let known = client.capacity().await.expect("a capacity").summed.uid;
    assert_eq!(known.as_deref(), Some("6f0e-of-its-own"));
    assert_eq!(client.uid().await.expect("an answer"), known);
    served.cluster.set_fault(Fault::GetForbidden);
    let listed = client.uid().await.expect("an answer");
    assert_eq!(listed, known, "who may list may not always get");
    for fault in [
        Fault::GetsNonsense,
        Fault::Answer { status: 500 },
        Fault::Closed,
    ] {
        served.cluster.set_fault(fault);
        let uid = client.uid().await;
        assert!(
            uid.is_err(),
            "what is not known is not told as none: {uid:?}"
        );
    }
    served.cluster.set_fault(Fault::Answer { status: 403 });
    assert_eq!(client.uid().await.expect("an answer"), None);

    let nameless = serve(small()).await;
    let uid = nameless.client().await.uid().await;
    assert_eq!(uid.expect("an answer"), None);
}

#[tokio::test]
async fn a_list_is_read_page_by_page_to_its_end() {
    let mut world = World::default();
    world.node(&node("n1", json!({})));
    for n in 0..1_201 {
        world.pod(&pod(&format!("ns-{}", n % 7), "n1", "10m"));
    }
    let served = serve(world).await;
    let known = served.client().await.capacity().await.expect("a capacity");
    assert_eq!(known.summed.load.pods, 1_201);
    assert_eq!(known.summed.load.requested.cpu.thousandths(), 12_010);
    let asked = |path: &str| {
        served
            .cluster
            .calls()
            .iter()
            .filter(|call| call.starts_with(path))
            .count()
    };
    assert_eq!(asked("/api/v1/pods?limit=500"), 3);
    assert_eq!(asked("/api/v1/nodes"), 1);
}

#[tokio::test]
async fn a_continuation_that_was_forgotten_begins_the_list_anew() {
    let mut world = World::default();
    world.node(&node("n1", json!({})));
    for _ in 0..600 {
        world.pod(&pod("a", "n1", "10m"));
    }
    let served = serve(world).await;
    let client = served.client().await;
    served.cluster.set_fault(Fault::Forgetful);
    let error = client
        .capacity()
        .await
        .expect_err("it is forgotten each time");
    assert_eq!(error.code(), "forgetful");
    assert!(error.to_string().contains("pods"), "{error}");
    served.cluster.set_fault(Fault::None);
    let known = client.capacity().await.expect("a capacity");
    assert_eq!(known.summed.load.pods, 600, "none is counted twice");
}

#[tokio::test]
async fn without_a_metrics_server_use_is_unknown_and_not_none() {
    let served = serve(small()).await;
    served.cluster.set_fault(Fault::NoMetrics);
    let known = served.client().await.capacity().await.expect("a capacity");
    assert_eq!(known.no_metrics, Some(NoMetrics::Absent));
    assert_eq!(known.summed.used, None);
    assert!(
        known
            .summed
            .namespaces
            .iter()
            .all(|namespace| namespace.used.is_none())
    );
    assert_eq!(known.summed.load.pods, 2);
}

#[tokio::test]
async fn health_says_the_version_and_until_when_certificates_are_good() {
    let served = serve(World::default()).await;
    let health = served.client().await.health().await.expect("healthy");
    assert_eq!(health.version, "v1.34.2");
    assert_eq!(health.certificates.server, Some(UNTIL));
    assert_eq!(health.certificates.client, None);

    let until = datetime!(2998-05-06 07:08:09 UTC);
    let (certificate, key) = AUTHORITY.client(until).expect("a certificate");
    let kubeconfig = served.kubeconfig(&Credentials::Certificate(certificate, key));
    let client = client(kubeconfig, PATIENCE).await.expect("a client");
    let health = client
        .health()
        .await
        .expect("a certificate signs in as well");
    assert_eq!(health.certificates.client, Some(until));
    let known = client.capacity().await.expect("a capacity");
    assert_eq!(known.summed.nodes.len(), 0);
    assert_eq!(known.summed.allocatable.cpu, None, "no node, nothing said");
}
