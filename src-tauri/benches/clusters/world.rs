//! A cluster as large as asked for, its objects as long as real ones.

use std::fmt;

use hopsdesk::sandbox::kubernetes::world::{Held, World};
use serde_json::{Value, json};

/// How large the clusters are, and how many.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Size {
    pub(crate) clusters: usize,
    pub(crate) nodes: usize,
    pub(crate) namespaces: usize,
    /// Of each cluster.
    pub(crate) pods: usize,
}

impl fmt::Display for Size {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            clusters,
            nodes,
            namespaces,
            pods,
        } = self;
        let clusters = match clusters {
            1 => "one cluster".to_owned(),
            many => format!("{many} clusters, each"),
        };
        write!(
            f,
            "{clusters} with {nodes} nodes, {namespaces} namespaces, {pods} pods"
        )
    }
}

/// One of these clusters, and how many bytes its pods have together.
pub(crate) fn world(size: Size) -> (World, usize) {
    let mut world = World::default();
    for n in 0..size.nodes {
        let name = format!("ip-10-0-{}-{}", n / 250, n % 250);
        world.node(&node(&name));
        world.node_uses(&name, 4_000_000_137, 8_388_608);
        world.gives(Held {
            millicores: 63_770,
            mib: 249_000,
            gpus: 4,
        });
    }
    for n in 0..size.namespaces {
        world.namespace(&namespace(n));
        world.claim(&json!({
            "metadata": { "name": "data", "namespace": namespace(n) },
            "spec": { "resources": { "requests": { "storage": "50Gi" } } },
            "status": { "phase": "Bound", "capacity": { "storage": "50Gi" } },
        }));
    }
    let mut bytes = 0;
    for n in 0..size.pods {
        let (space, at) = (namespace(n % size.namespaces), n % size.nodes);
        let node = format!("ip-10-0-{}-{}", at / 250, at % 250);
        let pod = pod(&space, &node, n);
        bytes += pod.to_string().len();
        world.pod(&pod);
        world.pod_uses(&space, &format!("serving-{n}"), 120_000_000, 262_144);
        world.holds(
            &space,
            Held {
                millicores: 500,
                mib: 1_024,
                gpus: 0,
            },
        );
    }
    (world, bytes)
}

fn namespace(n: usize) -> String {
    format!("project-{n:03}")
}

fn node(name: &str) -> Value {
    let room = json!({
        "cpu": "63770m", "memory": "249000Mi", "ephemeral-storage": "900Gi", "pods": "250", "nvidia.com/gpu": "4",
    });
    json!({
        "metadata": { "name": name, "labels": { "node.kubernetes.io/instance-type": "g5.16xlarge" } },
        "spec": {},
        "status": {
            "capacity": room, "allocatable": room,
            "conditions": [{ "type": "Ready", "status": "True", "reason": "KubeletReady" }],
            "nodeInfo": { "kubeletVersion": "v1.34.2" },
            // Nodes list what they have pulled: it is most of a node, and read past.
            "images": (0..50).map(|n| json!({
                "names": [format!("registry.example.com/hopsworks/image-{n}@sha256:{n:064x}")], "sizeBytes": 712_345_678,
            })).collect::<Vec<_>>(),
        },
    })
}

/// What an API server has to say of a pod with a sidecar: most of it is none of a capacity.
fn pod(namespace: &str, node: &str, n: usize) -> Value {
    let name = format!("serving-{n}");
    let env: Vec<_> = (0..20)
        .map(|n| json!({ "name": format!("SETTING_{n}"), "value": format!("a value of some length, {n}") }))
        .collect();
    let volumes: Vec<_> = (0..5)
        .map(|n| json!({ "name": format!("volume-{n}"), "configMap": { "name": format!("settings-{n}"), "defaultMode": 420 } }))
        .collect();
    let mounts: Vec<_> = (0..5)
        .map(|n| json!({ "name": format!("volume-{n}"), "mountPath": format!("/srv/hops/volume-{n}"), "readOnly": true }))
        .collect();
    let fields: Value = (0..40)
        .map(|n| {
            (
                format!("f:field-{n}"),
                json!({ "f:name": {}, "f:value": {} }),
            )
        })
        .collect::<serde_json::Map<_, _>>()
        .into();
    let status = |name: &str| {
        json!({
            "name": name, "ready": true, "started": true, "restartCount": 0,
            "image": "registry.example.com/hopsworks/serving:4.7.2",
            "imageID": format!("registry.example.com/hopsworks/serving@sha256:{n:064x}"),
            "containerID": format!("containerd://{n:064x}"),
            "state": { "running": { "startedAt": "2026-11-20T06:00:00Z" } },
        })
    };
    let container = |name: &str, cpu: &str, memory: &str| {
        json!({
            "name": name, "image": "registry.example.com/hopsworks/serving:4.7.2", "env": env, "volumeMounts": mounts,
            "resources": { "requests": { "cpu": cpu, "memory": memory }, "limits": { "cpu": "2", "memory": "4Gi" } },
            "terminationMessagePath": "/dev/termination-log", "imagePullPolicy": "IfNotPresent",
        })
    };
    json!({
        "metadata": {
            "name": name, "namespace": namespace, "uid": format!("{n:08x}-0000-4000-8000-000000000000"),
            "resourceVersion": "123456789", "creationTimestamp": "2026-11-20T06:00:00Z",
            "labels": { "app": "serving", "project": namespace, "pod-template-hash": "5d4f8c7b9c" },
            "annotations": { "prometheus.io/scrape": "true", "hopsworks.ai/owner": "somebody@example.com" },
            "managedFields": [
                { "manager": "kube-controller-manager", "operation": "Update", "fieldsType": "FieldsV1", "fieldsV1": fields },
            ],
        },
        "spec": {
            "nodeName": node, "containers": [container("main", "400m", "896Mi"), container("proxy", "100m", "128Mi")],
            "volumes": volumes, "serviceAccountName": "serving", "schedulerName": "default-scheduler",
        },
        "status": {
            "phase": "Running", "podIP": "10.1.2.3", "hostIP": "10.0.0.1", "qosClass": "Burstable",
            "conditions": (["PodScheduled", "Initialized", "ContainersReady", "Ready"].map(|kind| json!({
                "type": kind, "status": "True", "lastTransitionTime": "2026-11-20T06:00:00Z",
            }))),
            "containerStatuses": [status("main"), status("proxy")],
        },
    })
}
