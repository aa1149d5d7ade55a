//! Namespaces: what each holds, and which of them are nobody's.

use crate::domain::capacity::nodes::{Load, Used};
use crate::domain::capacity::quantity::Quantity;

/// A namespace and what is in it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Namespace {
    /// Its name.
    pub name: String,
    /// What pods there hold.
    pub load: Load,
    /// Pods that wait for a node.
    pub waiting: u32,
    /// What they use; none without metrics.
    pub used: Option<Used>,
    /// Claims on volumes.
    pub claims: u32,
    /// Bytes they ask for.
    pub claimed: Quantity,
    /// Bytes of the volumes they were given.
    pub provisioned: Quantity,
}

/// Namespaces that belong to the cluster itself and to nobody who pays.
pub const OF_THE_CLUSTER: [&str; 7] = [
    "hopsworks",
    "kube-system",
    "kube-public",
    "kube-node-lease",
    "opencost",
    "ingress-nginx",
    "default",
];
