//! What is in a simulated cluster, as the objects that its API server lists.

use std::collections::BTreeMap;

use serde_json::{Value, json};

/// Objects, each as JSON text: they are listed over and over, and never change.
#[derive(Debug, Clone, Default)]
pub struct World {
    pub(super) nodes: Vec<String>,
    pub(super) namespaces: Vec<String>,
    pub(super) pods: Vec<String>,
    pub(super) claims: Vec<String>,
    pub(super) node_metrics: Vec<String>,
    pub(super) pod_metrics: Vec<String>,
    /// What each namespace holds, for its OpenCost.
    pub(super) held: BTreeMap<String, Held>,
    /// What all nodes give.
    pub(super) gives: Held,
}

/// Thousandths of cores, MiB and devices.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Held {
    /// Thousandths of cores.
    pub millicores: i64,
    /// MiB.
    pub mib: i64,
    /// Devices.
    pub gpus: i64,
}

impl Held {
    pub(super) fn with(self, other: Self) -> Self {
        Self {
            millicores: self.millicores + other.millicores,
            mib: self.mib + other.mib,
            gpus: self.gpus + other.gpus,
        }
    }

    pub(super) fn less(self, other: Self) -> Self {
        Self {
            millicores: (self.millicores - other.millicores).max(0),
            mib: (self.mib - other.mib).max(0),
            gpus: (self.gpus - other.gpus).max(0),
        }
    }
}

impl World {
    /// A node.
    pub fn node(&mut self, object: &Value) {
        self.nodes.push(object.to_string());
    }

    /// A namespace.
    pub fn namespace(&mut self, name: &str) {
        let object = json!({ "metadata": { "name": name }, "status": { "phase": "Active" } });
        self.namespaces.push(object.to_string());
    }

    /// The namespace that the cluster has of its own, by whose id it is told from others.
    pub fn system(&mut self, uid: &str) {
        let object = json!({ "metadata": { "name": "kube-system", "uid": uid }, "status": { "phase": "Active" } });
        self.namespaces.push(object.to_string());
    }

    /// A pod.
    pub fn pod(&mut self, object: &Value) {
        self.pods.push(object.to_string());
    }

    /// What a namespace holds besides, as its OpenCost will say.
    pub fn holds(&mut self, namespace: &str, held: Held) {
        let there = self.held.entry(namespace.to_owned()).or_default();
        *there = there.with(held);
    }

    /// What one more node gives, likewise.
    pub fn gives(&mut self, given: Held) {
        self.gives = self.gives.with(given);
    }

    /// A claim on a volume.
    pub fn claim(&mut self, object: &Value) {
        self.claims.push(object.to_string());
    }

    /// What a node uses: cores as metrics-server writes them, in billionths, and memory in KiB.
    pub fn node_uses(&mut self, name: &str, nanocores: i64, kib: i64) {
        let object = json!({
            "metadata": { "name": name }, "timestamp": "2026-01-01T00:00:00Z", "window": "20s",
            "usage": { "cpu": format!("{nanocores}n"), "memory": format!("{kib}Ki") },
        });
        self.node_metrics.push(object.to_string());
    }

    /// What a pod of one container uses.
    pub fn pod_uses(&mut self, namespace: &str, name: &str, nanocores: i64, kib: i64) {
        let object = json!({
            "metadata": { "name": name, "namespace": namespace }, "timestamp": "2026-01-01T00:00:00Z",
            "window": "20s", "containers": [{
                "name": "main", "usage": { "cpu": format!("{nanocores}n"), "memory": format!("{kib}Ki") },
            }],
        });
        self.pod_metrics.push(object.to_string());
    }
}
