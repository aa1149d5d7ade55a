//! What an API server answers, as far as we read it.

use std::collections::BTreeMap;

use serde::Deserialize;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::domain::capacity::amounts::{Resources, read};
use crate::domain::capacity::nodes::{Node, Room, Used};
use crate::domain::capacity::pods::{Container, Held, Pod};
use crate::domain::capacity::quantity::Quantity;
use crate::domain::capacity::tally::Claim;

/// Taints and names are shown; no cluster needs them longer than this.
const LONGEST_TEXT: usize = 253;

type Texts = BTreeMap<String, String>;

/// A namespace's name and its own id; none when the text is no object of that kind, here as below.
pub(super) fn namespace(text: &str) -> Option<(String, Option<String>)> {
    serde_json::from_str::<NamespaceObject>(text).ok()?.read()
}

/// A node.
pub(super) fn node(text: &str) -> Option<Node> {
    serde_json::from_str::<NodeObject>(text).ok()?.read()
}

/// A pod, as it is added up.
pub(super) fn pod(text: &str) -> Option<Held> {
    serde_json::from_str::<PodObject>(text).ok()?.read()
}

/// A claim on a volume.
pub(super) fn claim(text: &str) -> Option<Claim> {
    serde_json::from_str::<ClaimObject>(text).ok()?.read()
}

/// A node's name, and what it uses.
pub(super) fn node_metrics(text: &str) -> Option<(String, Used)> {
    serde_json::from_str::<NodeMetrics>(text).ok()?.read()
}

/// A pod's namespace, and what the pod uses.
pub(super) fn pod_metrics(text: &str) -> Option<(String, Used)> {
    serde_json::from_str::<PodMetrics>(text).ok()?.read()
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Metadata {
    name: String,
    namespace: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct NamespaceMetadata {
    name: String,
    uid: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct NodeMetadata {
    name: String,
    labels: Option<Texts>,
}

/// A namespace.
#[derive(Debug, Deserialize)]
struct NamespaceObject {
    metadata: NamespaceMetadata,
}

impl NamespaceObject {
    fn read(self) -> Option<(String, Option<String>)> {
        let uid = self.metadata.uid.and_then(named);
        Some((named(self.metadata.name)?, uid))
    }
}

/// A node.
#[derive(Debug, Deserialize)]
struct NodeObject {
    metadata: NodeMetadata,
    #[serde(default)]
    spec: NodeSpec,
    #[serde(default)]
    status: NodeStatus,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct NodeSpec {
    unschedulable: bool,
    taints: Option<Vec<Taint>>,
}

#[derive(Debug, Deserialize)]
struct Taint {
    key: String,
    #[serde(default)]
    value: Option<String>,
    #[serde(default)]
    effect: String,
    #[serde(rename = "timeAdded", default)]
    since: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct NodeStatus {
    capacity: Option<Texts>,
    allocatable: Option<Texts>,
    conditions: Option<Vec<Condition>>,
    #[serde(rename = "nodeInfo")]
    info: NodeInfo,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct NodeInfo {
    #[serde(rename = "kubeletVersion")]
    kubelet: Option<String>,
}

#[derive(Debug, Deserialize)]
struct Condition {
    #[serde(rename = "type")]
    kind: String,
    status: String,
    #[serde(default)]
    reason: Option<String>,
    #[serde(rename = "lastTransitionTime", default)]
    since: Option<String>,
}

/// The taint that the control plane gives a cordoned node.
const CORDONED: &str = "node.kubernetes.io/unschedulable";

impl NodeObject {
    fn read(self) -> Option<Node> {
        let conditions = self.status.conditions.unwrap_or_default();
        let ready = conditions
            .iter()
            .find(|condition| condition.kind == "Ready");
        let is_ready = ready.and_then(|ready| match ready.status.as_str() {
            "True" => Some(true),
            "False" => Some(false),
            // "Unknown": the control plane has not heard from it.
            _ => None,
        });
        let reason = ready
            .filter(|_| is_ready != Some(true))
            .and_then(|ready| ready.reason.as_deref())
            .map(shortened);
        let not_ready_since = ready
            .filter(|_| is_ready != Some(true))
            .and_then(|ready| moment(ready.since.as_deref()));
        let labels = self.metadata.labels.unwrap_or_default();
        let taints = self.spec.taints.unwrap_or_default();
        Some(Node {
            name: named(self.metadata.name)?,
            is_ready,
            reason,
            not_ready_since,
            is_cordoned: self.spec.unschedulable,
            cordoned_since: taints
                .iter()
                .find(|taint| taint.key == CORDONED && self.spec.unschedulable)
                .and_then(|taint| moment(taint.since.as_deref())),
            taints: taints.iter().map(Taint::shown).collect(),
            pressures: conditions
                .iter()
                .filter(|condition| condition.kind != "Ready" && condition.status == "True")
                .map(|condition| shortened(&condition.kind))
                .collect(),
            machine: labels
                .get("node.kubernetes.io/instance-type")
                .map(|machine| shortened(machine)),
            kubelet: self.status.info.kubelet.as_deref().map(shortened),
            capacity: room(self.status.capacity)?,
            allocatable: room(self.status.allocatable)?,
            ..Node::default()
        })
    }
}

/// A moment as Kubernetes writes it (RFC 3339).
fn moment(text: Option<&str>) -> Option<OffsetDateTime> {
    OffsetDateTime::parse(text?, &Rfc3339).ok()
}

impl Taint {
    fn shown(&self) -> String {
        let value = self.value.as_deref().filter(|value| !value.is_empty());
        let value = value.map(|value| format!("={value}")).unwrap_or_default();
        shortened(&format!("{}{value}:{}", self.key, self.effect))
    }
}

/// A pod.
#[derive(Debug, Deserialize)]
struct PodObject {
    metadata: Metadata,
    #[serde(default)]
    spec: PodSpec,
    #[serde(default)]
    status: PodStatus,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct PodSpec {
    node_name: Option<String>,
    containers: Option<Vec<ContainerObject>>,
    init_containers: Option<Vec<ContainerObject>>,
    overhead: Option<Texts>,
    resources: ResourcesObject,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct PodStatus {
    phase: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct ContainerObject {
    resources: ResourcesObject,
    restart_policy: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct ResourcesObject {
    requests: Option<Texts>,
    limits: Option<Texts>,
}

impl PodObject {
    fn read(self) -> Option<Held> {
        let pod = Pod {
            namespace: named(self.metadata.namespace)?,
            node: self.spec.node_name.filter(|name| !name.is_empty()),
            is_finished: matches!(self.status.phase.as_str(), "Succeeded" | "Failed"),
            containers: containers(self.spec.containers)?,
            init_containers: containers(self.spec.init_containers)?,
            overhead: resources(self.spec.overhead)?,
            own_requests: resources(self.spec.resources.requests)?,
            own_limits: resources(self.spec.resources.limits)?,
        };
        Some(pod.held())
    }
}

fn containers(objects: Option<Vec<ContainerObject>>) -> Option<Vec<Container>> {
    let objects = objects.unwrap_or_default();
    objects
        .into_iter()
        .map(|object| {
            Some(Container {
                requests: resources(object.resources.requests)?,
                limits: resources(object.resources.limits)?,
                stays: object.restart_policy.as_deref() == Some("Always"),
            })
        })
        .collect()
}

/// A claim on a volume.
#[derive(Debug, Deserialize)]
struct ClaimObject {
    metadata: Metadata,
    #[serde(default)]
    spec: ClaimSpec,
    #[serde(default)]
    status: ClaimStatus,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct ClaimSpec {
    resources: ResourcesObject,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct ClaimStatus {
    capacity: Option<Texts>,
}

impl ClaimObject {
    fn read(self) -> Option<Claim> {
        let storage = |texts: Option<Texts>| {
            let resources = resources(texts)?;
            Some(resources.get("storage").copied().unwrap_or_default())
        };
        Some(Claim {
            namespace: named(self.metadata.namespace)?,
            asked: storage(self.spec.resources.requests)?,
            given: storage(self.status.capacity)?,
        })
    }
}

/// What a node uses (metrics.k8s.io).
#[derive(Debug, Deserialize)]
struct NodeMetrics {
    metadata: Metadata,
    #[serde(default)]
    usage: Option<Texts>,
}

impl NodeMetrics {
    fn read(self) -> Option<(String, Used)> {
        Some((named(self.metadata.name)?, used(self.usage)?))
    }
}

/// What the containers of a pod use (metrics.k8s.io).
#[derive(Debug, Deserialize)]
struct PodMetrics {
    metadata: Metadata,
    #[serde(default)]
    containers: Option<Vec<ContainerMetrics>>,
}

#[derive(Debug, Deserialize)]
struct ContainerMetrics {
    #[serde(default)]
    usage: Option<Texts>,
}

impl PodMetrics {
    fn read(self) -> Option<(String, Used)> {
        let containers = self.containers.unwrap_or_default();
        let mut sum = Used::default();
        for container in containers {
            sum = sum.with(used(container.usage)?);
        }
        Some((named(self.metadata.namespace)?, sum))
    }
}

/// Both or nothing: half a measure is none.
fn used(texts: Option<Texts>) -> Option<Used> {
    let resources = resources(texts)?;
    Some(Used {
        cpu: *resources.get("cpu")?,
        memory: *resources.get("memory")?,
    })
}

fn room(texts: Option<Texts>) -> Option<Room> {
    let resources = resources(texts)?;
    let amounts = crate::domain::capacity::amounts::Amounts::of(&resources);
    let said = |key: &str| -> Option<Quantity> { resources.get(key).copied() };
    Some(Room {
        cpu: said("cpu"),
        memory: said("memory"),
        gpu: amounts.gpu,
        ephemeral: said("ephemeral-storage"),
        pods: said("pods"),
    })
}

/// None when one of them is no quantity; no list is an empty one.
fn resources(texts: Option<Texts>) -> Option<Resources> {
    let texts = texts.unwrap_or_default();
    read(
        texts
            .iter()
            .map(|(key, text)| (key.as_str(), text.as_str())),
    )
    .ok()
}

fn named(name: String) -> Option<String> {
    let odd = name.is_empty() || name.len() > LONGEST_TEXT || name.chars().any(char::is_control);
    (!odd).then_some(name)
}

/// What somebody else wrote, as a database takes it.
pub(super) fn shortened(text: &str) -> String {
    let plain = text.chars().filter(|letter| !letter.is_control());
    plain.take(LONGEST_TEXT).collect()
}
