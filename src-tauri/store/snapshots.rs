//! Looking at clusters in turn, and keeping what was seen.

use std::time::Duration;

use serde_json::{Map, Value, json};
use sqlx::FromRow;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::domain::capacity::namespaces::Namespace;
use crate::domain::capacity::nodes::{Node, Room};
use crate::domain::capacity::quantity::Quantity;
use crate::domain::capacity::recorded::Watch;
use crate::domain::capacity::snapshot::{Capacity, NoMetrics, Snapshot, Unknown};
use crate::domain::ids::ClusterId;
use crate::statement;
use crate::store::door::{Reading, Store};
use crate::store::failure::StoreError;
use crate::store::forecasts;

/// How long a turn lasts, as `console.claim_snapshots` gives it.
pub const LEASE: Duration = Duration::from_secs(180);

/// A cluster to look at, for as long as [`LEASE`].
#[derive(Debug, Clone, FromRow)]
pub struct Turn {
    /// Which.
    pub cluster_id: String,
    pub(in crate::store) lease: String,
    /// Whether it is asked for what is read less often, too.
    pub thorough: bool,
}

/// Takes the turn of clusters that are due.
///
/// # Errors
/// Whatever the database says.
pub async fn claim(
    store: &Store,
    limit: i32,
    now: OffsetDateTime,
) -> Result<Vec<Turn>, StoreError> {
    let claim = statement!("snapshots_claim.sql").rows::<Turn>();
    let mut writing = store.write_in_background().await?;
    let turns = writing.all(claim.bind(limit).bind(now)).await?;
    writing.commit().await?;
    Ok(turns)
}

/// Has a cluster looked at soon, where anybody looks at it.
///
/// # Errors
/// Whatever the database says.
pub async fn request(store: &Store, cluster: &ClusterId) -> Result<Watch, StoreError> {
    let request = statement!("snapshot_request.sql")
        .rows::<(String,)>()
        .bind(cluster.as_str().to_owned());
    let mut writing = store.write_promptly().await?;
    let (watch,) = writing.one(request).await?;
    writing.commit().await?;
    Ok(Watch::of_word(&watch))
}

/// A Kubernetes that is not the one of the cluster that it is said to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OtherKubernetes {
    /// It is what another cluster on record, of this name, was seen with a moment ago.
    Of(String),
    /// It is nobody's on record; the cluster itself, of this name, was seen with another one a moment ago.
    Not(String),
}

/// Whether a Kubernetes is another than that of the cluster it is said to be; none of a cluster: of one that is not on
/// record yet. As far as that is known.
///
/// # Errors
/// Whatever the database says.
pub async fn other_kubernetes(
    reading: &mut Reading,
    uid: &str,
    cluster: Option<&ClusterId>,
    now: OffsetDateTime,
) -> Result<Option<OtherKubernetes>, StoreError> {
    let query = statement!("cluster_of_kubernetes.sql")
        .rows::<(String, bool)>()
        .bind(uid.to_owned())
        .bind(cluster.map(|cluster| cluster.as_str().to_owned()))
        .bind(now);
    let other = reading.optional(query).await?;
    Ok(other.map(|(name, is_its)| {
        if is_its {
            OtherKubernetes::Of(name)
        } else {
            OtherKubernetes::Not(name)
        }
    }))
}

impl Turn {
    /// Keeps what was seen, and when the cluster runs out of what by that. Whether the turn was still ours.
    ///
    /// # Errors
    /// Whatever the database says.
    pub async fn record(
        &self,
        store: &Store,
        now: OffsetDateTime,
        next_at: OffsetDateTime,
        snapshot: &Snapshot,
    ) -> Result<bool, StoreError> {
        let summed = snapshot.capacity.as_ref().ok().map(|known| &known.summed);
        let nodes = summed.map(|summed| summed.nodes.iter().map(node).collect());
        let namespaces = summed.map(|summed| summed.namespaces.iter().map(namespace).collect());
        let record = statement!("snapshot_record.sql")
            .rows::<(bool,)>()
            .bind(self.cluster_id.clone())
            .bind(self.lease.clone())
            .bind(now)
            .bind(next_at)
            .bind(Value::Object(sums(snapshot)))
            .bind(nodes.map(Value::Array))
            .bind(namespaces.map(Value::Array));
        let mut writing = store.write_in_background().await?;
        let (ours,) = writing.one(record).await?;
        if ours {
            forecasts::renew(&mut writing, &self.cluster_id, now).await?;
        }
        writing.commit().await?;
        Ok(ours)
    }
}

/// By the names of the columns; what is left out is null.
fn sums(snapshot: &Snapshot) -> Map<String, Value> {
    let mut sums = Map::new();
    let mut say = |value: Value| {
        if let Value::Object(more) = value {
            sums.extend(more);
        }
    };
    match &snapshot.hopsworks {
        Ok(health) => say(json!({
            "hopsworks_version": health.version,
            "hopsworks_ms": millis(health.latency),
            "hopsworks_certificate_until": health.certificate.and_then(text),
        })),
        Err(Unknown { code, sentence }) => {
            say(json!({ "hopsworks_code": code, "hopsworks_failure": sentence }));
        }
    }
    match &snapshot.kubernetes {
        Ok(health) => say(json!({
            "kubernetes_version": health.version,
            "kubernetes_ms": millis(health.latency),
            "server_certificate_until": health.certificates.server.and_then(text),
            "client_certificate_until": health.certificates.client.and_then(text),
        })),
        Err(Unknown { code, sentence }) => {
            say(json!({ "kubernetes_code": code, "kubernetes_failure": sentence }));
        }
    }
    match &snapshot.capacity {
        Ok(known) => say(carried(known)),
        Err(Unknown { code, sentence }) => {
            say(json!({ "capacity_code": code, "capacity_failure": sentence }));
        }
    }
    sums
}

fn carried(known: &Capacity) -> Value {
    let summed = &known.summed;
    let ready = |node: &&Node| node.is_ready == Some(true);
    let cordoned = |node: &&Node| node.is_cordoned;
    let load = summed.load;
    json!({
        "no_metrics": known.no_metrics.map(NoMetrics::word),
        "kubernetes_uid": summed.uid,
        "unread": summed.unread,
        "nodes": summed.nodes.len(),
        "nodes_ready": summed.nodes.iter().filter(ready).count(),
        "nodes_cordoned": summed.nodes.iter().filter(cordoned).count(),
        "pods": load.pods,
        "pods_waiting": summed.waiting,
        "pods_allocatable": whole(summed.allocatable.pods),
        "pods_free": whole(summed.free.pods),
        "cpu_free": thousandths(summed.free.cpu),
        "memory_free": whole(summed.free.memory),
        "gpu_free": summed.free.gpu.whole(),
        "ephemeral_free": whole(summed.free.ephemeral),
        "cpu_capacity": thousandths(summed.capacity.cpu),
        "cpu_allocatable": thousandths(summed.allocatable.cpu),
        "cpu_requested": load.requested.cpu.thousandths(),
        "cpu_limits": load.limits.cpu.thousandths(),
        "cpu_used": summed.used.map(|used| used.cpu.thousandths()),
        "memory_capacity": whole(summed.capacity.memory),
        "memory_allocatable": whole(summed.allocatable.memory),
        "memory_requested": load.requested.memory.whole(),
        "memory_limits": load.limits.memory.whole(),
        "memory_used": summed.used.map(|used| used.memory.whole()),
        "gpu_capacity": summed.capacity.gpu.whole(),
        "gpu_allocatable": summed.allocatable.gpu.whole(),
        "gpu_requested": load.requested.gpu.whole(),
        "ephemeral_capacity": whole(summed.capacity.ephemeral),
        "ephemeral_allocatable": whole(summed.allocatable.ephemeral),
        "ephemeral_requested": load.requested.ephemeral.whole(),
        "claims": summed.claims,
        "disk_requested": summed.claimed.whole(),
        "disk_provisioned": summed.provisioned.whole(),
    })
}

fn node(node: &Node) -> Value {
    let Room { cpu, memory, .. } = node.capacity;
    let (gives, load) = (node.allocatable, node.load);
    json!({
        "name": node.name,
        "is_ready": node.is_ready,
        "reason": node.reason,
        "not_ready_since": node.not_ready_since.and_then(text),
        "is_cordoned": node.is_cordoned,
        "cordoned_since": node.cordoned_since.and_then(text),
        "taints": node.taints,
        "pressures": node.pressures,
        "machine": node.machine,
        "kubelet": node.kubelet,
        "pods": load.pods,
        "pods_allocatable": whole(gives.pods),
        "cpu_capacity": thousandths(cpu),
        "cpu_allocatable": thousandths(gives.cpu),
        "cpu_requested": load.requested.cpu.thousandths(),
        "cpu_limits": load.limits.cpu.thousandths(),
        "cpu_used": node.used.map(|used| used.cpu.thousandths()),
        "memory_capacity": whole(memory),
        "memory_allocatable": whole(gives.memory),
        "memory_requested": load.requested.memory.whole(),
        "memory_limits": load.limits.memory.whole(),
        "memory_used": node.used.map(|used| used.memory.whole()),
        "gpu_capacity": node.capacity.gpu.whole(),
        "gpu_allocatable": gives.gpu.whole(),
        "gpu_requested": load.requested.gpu.whole(),
        "ephemeral_allocatable": whole(gives.ephemeral),
        "ephemeral_requested": load.requested.ephemeral.whole(),
    })
}

fn namespace(namespace: &Namespace) -> Value {
    let load = namespace.load;
    json!({
        "namespace": namespace.name,
        "pods": load.pods,
        "pods_waiting": namespace.waiting,
        "cpu_requested": load.requested.cpu.thousandths(),
        "cpu_limits": load.limits.cpu.thousandths(),
        "cpu_used": namespace.used.map(|used| used.cpu.thousandths()),
        "memory_requested": load.requested.memory.whole(),
        "memory_limits": load.limits.memory.whole(),
        "memory_used": namespace.used.map(|used| used.memory.whole()),
        "gpu_requested": load.requested.gpu.whole(),
        "ephemeral_requested": load.requested.ephemeral.whole(),
        "claims": namespace.claims,
        "disk_requested": namespace.claimed.whole(),
        "disk_provisioned": namespace.provisioned.whole(),
    })
}

fn whole(quantity: Option<Quantity>) -> Option<i64> {
    quantity.map(Quantity::whole)
}

fn thousandths(quantity: Option<Quantity>) -> Option<i64> {
    quantity.map(Quantity::thousandths)
}

fn millis(latency: Duration) -> i32 {
    i32::try_from(latency.as_millis()).unwrap_or(i32::MAX)
}

pub(in crate::store) fn text(at: OffsetDateTime) -> Option<String> {
    at.format(&Rfc3339).ok()
}
