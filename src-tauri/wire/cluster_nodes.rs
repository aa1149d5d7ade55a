//! Nodes of a cluster, in figures as they are shown.

use serde::Serialize;
use ts_rs::TS;

use crate::domain::capacity::recorded::SeenNode;
use crate::wire::amounts::count_of;
use crate::wire::capacity::Resource;
use crate::wire::standing::Severity;

/// Nodes of a cluster, those with something wrong first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct NodesShown {
    pub rows: Vec<NodeRow>,
    /// `"14 nodes"`, `"the first 100 of 340 nodes"`; empty where none was seen, which is not none.
    pub count: String,
}

/// A node.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct NodeRow {
    pub name: String,
    pub severity: Severity,
    /// `"ready"`, `"not ready"`, `"lost"`, `"cordoned"`, `"under pressure"`.
    pub word: String,
    /// What is behind the word.
    pub sentence: Option<String>,
    pub taints: Vec<String>,
    pub machine: Option<String>,
    pub kubelet: Option<String>,
    pub cpu: Resource,
    pub memory: Resource,
    pub gpu: Resource,
    pub pods: Resource,
}

impl NodesShown {
    /// Nodes as read; `count` of them in all.
    #[must_use]
    pub fn new(nodes: Vec<SeenNode>, count: u32) -> Self {
        let all = count_of(count.into(), "node", "nodes");
        let shown = nodes.len();
        Self {
            count: if count == 0 {
                String::new()
            } else if u64::from(count) > shown as u64 {
                format!("the first {shown} of {all}")
            } else {
                all
            },
            rows: nodes.into_iter().map(NodeRow::new).collect(),
        }
    }
}

impl NodeRow {
    fn new(node: SeenNode) -> Self {
        let pressures = node.pressures.join(", ");
        let (severity, word, sentence) = match node.is_ready {
            None => {
                let sentence = "The control plane has not heard from it.".to_owned();
                (Severity::Bad, "lost", Some(sentence))
            }
            Some(false) => (Severity::Bad, "not ready", node.reason),
            Some(true) if !pressures.is_empty() => {
                (Severity::Warn, "under pressure", Some(pressures))
            }
            Some(true) if node.is_cordoned => {
                let sentence = "Nothing new is placed there.".to_owned();
                (Severity::Warn, "cordoned", Some(sentence))
            }
            Some(true) => (Severity::Ok, "ready", None),
        };
        Self {
            name: node.name,
            severity,
            word: word.to_owned(),
            sentence,
            taints: node.taints,
            machine: node.machine,
            kubelet: node.kubelet,
            cpu: Resource::cpu(node.cpu),
            memory: Resource::memory("Memory", node.memory),
            gpu: Resource::whole("GPU", node.gpu),
            pods: Resource::whole("Pods", node.pods),
        }
    }
}
