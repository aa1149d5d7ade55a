//! What is on record of a cluster's capacity, as it is shown. Processors in thousandths of a core, memory and
//! disk in bytes, devices and pods in whole ones. `None`: not known, which is never none.

use rust_decimal::Decimal;
use time::OffsetDateTime;

use crate::domain::capacity::readings::Hours;
use crate::domain::capacity::snapshot::{NoMetrics, Unknown};
use crate::domain::directory::Person;

/// One resource of a cluster or a node.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Figures {
    /// What there is.
    pub capacity: Option<i64>,
    /// What of it is given to pods: what percentages are of. On all nodes, also those that take no new pods.
    pub allocatable: Option<i64>,
    /// What is left for new pods at this moment, on nodes that are ready and not cordoned.
    pub free: Option<i64>,
    /// What is kept for pods.
    pub requested: Option<i64>,
    /// The most pods may use, as far as that is limited.
    pub limits: Option<i64>,
    /// What is used at this moment.
    pub used: Option<i64>,
}

impl Figures {
    /// Whole percent of what is allocatable that is requested, rounded down.
    #[must_use]
    pub fn requested_percent(self) -> Option<u32> {
        percent(self.requested, self.allocatable)
    }

    /// Whole percent of what is allocatable that is used, rounded down.
    #[must_use]
    pub fn used_percent(self) -> Option<u32> {
        percent(self.used, self.allocatable)
    }
}

fn percent(part: Option<i64>, whole: Option<i64>) -> Option<u32> {
    let (part, whole) = (i128::from(part?), i128::from(whole?));
    if whole <= 0 {
        return None;
    }
    Some(u32::try_from(part.max(0) * 100 / whole).unwrap_or(u32::MAX))
}

/// How one of a cluster's systems was when it was asked last.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SystemState {
    /// Its version, where it tells.
    pub version: Option<String>,
    /// How long it took to answer.
    pub millis: Option<u32>,
    /// Why nothing is known of it.
    pub failure: Option<Unknown>,
}

/// The last time somebody looked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LastLook {
    /// When.
    pub at: OffsetDateTime,
    /// Its Hopsworks.
    pub hopsworks: SystemState,
    /// Its Kubernetes.
    pub kubernetes: SystemState,
    /// Why it is not known what it carries; none where it is.
    pub capacity: Option<Unknown>,
}

/// What a cluster carried when it last said so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Carried {
    /// When.
    pub at: OffsetDateTime,
    /// Why use is not known.
    pub no_metrics: Option<NoMetrics>,
    /// Objects that could not be read.
    pub unread: u32,
    /// Nodes.
    pub nodes: u32,
    /// Of which are ready.
    pub nodes_ready: u32,
    /// Of which take nothing new.
    pub nodes_cordoned: u32,
    /// Pods that wait for a node.
    pub pods_waiting: u32,
    /// Pods.
    pub pods: Figures,
    /// Processors.
    pub cpu: Figures,
    /// Memory.
    pub memory: Figures,
    /// Devices.
    pub gpu: Figures,
    /// Nodes' own disks.
    pub ephemeral: Figures,
    /// Claims on volumes.
    pub claims: u32,
    /// Bytes they ask for.
    pub disk_requested: i64,
    /// Bytes they were given.
    pub disk_provisioned: i64,
}

/// What is on record of a cluster.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ClusterState {
    /// None: nobody has looked yet.
    pub last: Option<LastLook>,
    /// None: it never said.
    pub carried: Option<Carried>,
    /// Until when the API server's certificate is good, by what was seen last.
    pub server_certificate_until: Option<OffsetDateTime>,
    /// Until when the client certificate is good that signs in there.
    pub client_certificate_until: Option<OffsetDateTime>,
    /// When it is looked at next; none: it is not known yet.
    pub next_at: Option<OffsetDateTime>,
    /// Whether anybody looks at all.
    pub watch: Watch,
}

/// Whether anybody looks at a cluster.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Watch {
    /// Programs look at clusters, this one among them.
    Watched,
    /// It is retired: nobody looks at it.
    Inactive,
    /// No table of clusters has it.
    #[default]
    Missing,
    /// No program looks at clusters at the moment.
    Nobody,
}

impl Watch {
    /// What a word of the database stands for.
    #[must_use]
    pub fn of_word(word: &str) -> Self {
        match word {
            "watched" => Self::Watched,
            "inactive" => Self::Inactive,
            "nobody" => Self::Nobody,
            _ => Self::Missing,
        }
    }
}

/// A node as it was seen last.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeenNode {
    /// Its name.
    pub name: String,
    /// None: the control plane has lost sight of it.
    pub is_ready: Option<bool>,
    /// Why it is not ready, in Kubernetes' word.
    pub reason: Option<String>,
    /// Nothing new is placed there.
    pub is_cordoned: bool,
    /// `key=value:Effect`.
    pub taints: Vec<String>,
    /// What it says it suffers from.
    pub pressures: Vec<String>,
    /// What kind of machine.
    pub machine: Option<String>,
    /// The version of its kubelet.
    pub kubelet: Option<String>,
    /// Pods.
    pub pods: Figures,
    /// Processors.
    pub cpu: Figures,
    /// Memory.
    pub memory: Figures,
    /// Devices.
    pub gpu: Figures,
}

/// Whose something on a cluster is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Whose {
    /// An account's: the one that pays.
    Account(Person),
    /// A user's who is not on record any more.
    Gone(String),
    /// The cluster's own.
    Cluster,
    /// Nobody's that is known: no project has this namespace.
    Nobody,
}

/// What a customer, the cluster itself or nobody holds there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holding {
    /// Whose it is.
    pub whose: Whose,
    /// Namespaces.
    pub namespaces: u32,
    /// The first few of them by name.
    pub names: Vec<String>,
    /// Pods with a node.
    pub pods: u32,
    /// Pods that wait for one.
    pub waiting: u32,
    /// Processors requested.
    pub cpu: i64,
    /// Processors used.
    pub cpu_used: Option<i64>,
    /// Memory requested.
    pub memory: i64,
    /// Memory used.
    pub memory_used: Option<i64>,
    /// Devices requested.
    pub gpu: i64,
    /// Bytes of volumes claimed.
    pub disk: i64,
    /// What it cost by OpenCost, in the hours of [`CostsKnown`]; none where that is not known of all that runs.
    pub cost: Option<Decimal>,
}

/// Who holds what on a cluster, the most processors first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Holdings {
    /// As of when; none: it is not known.
    pub at: Option<OffsetDateTime>,
    /// The first of them.
    pub rows: Vec<Holding>,
    /// How many there are.
    pub count: u32,
    /// What no project on record accounts for, all of it.
    pub strays: Strays,
    /// What costs are of; none: OpenCost was never asked.
    pub costs: Option<CostsKnown>,
}

/// What a cluster's OpenCost said of all of it together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CostsKnown {
    /// Of these hours, and all that the cluster cost in them, idle included; none: it never said.
    pub of: Option<(Hours, Decimal)>,
    /// What of that was idle.
    pub idle: Option<Decimal>,
    /// Of how many namespaces it did not say.
    pub unread: u32,
    /// Why it said nothing when it was asked last.
    pub failure: Option<Unknown>,
}

/// Namespaces that no project on record accounts for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Strays {
    /// How many.
    pub namespaces: u32,
    /// Processors requested there.
    pub cpu: i64,
}

/// What somebody's project holds on a cluster.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Footprint {
    /// As of when.
    pub at: OffsetDateTime,
    /// The cluster's id.
    pub cluster_id: String,
    /// Its name.
    pub cluster_name: Option<String>,
    /// The project's name.
    pub project: Option<String>,
    /// What it holds; its namespace stands in `names`.
    pub holding: Holding,
}

/// A cluster at a glance: what the last looks at it said.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Glance {
    /// When somebody looked last; none: nobody has, or it was not asked for here.
    pub looked_at: Option<OffsetDateTime>,
    /// Why it was not known then what it carries.
    pub capacity_code: Option<String>,
    /// Why its Hopsworks did not answer then.
    pub hopsworks_code: Option<String>,
    /// When it last said what it carries.
    pub seen_at: Option<OffsetDateTime>,
    /// Processors, as it said then.
    pub cpu: Figures,
    /// Memory.
    pub memory: Figures,
    /// Devices.
    pub gpu: Figures,
}

/// What a cluster may run out of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Limited {
    /// Seats, by the service's limit.
    Seats,
    /// Processors, requested of allocatable; the same for what follows.
    Cpu,
    /// Memory.
    Memory,
    /// Devices.
    Gpu,
    /// Nodes' own disks.
    NodeDisk,
}

impl Limited {
    /// All of them, in their order on screen.
    pub const ALL: [Self; 5] = [
        Self::Seats,
        Self::Cpu,
        Self::Memory,
        Self::Gpu,
        Self::NodeDisk,
    ];

    /// The word on record.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Seats => "seats",
            Self::Cpu => "cpu",
            Self::Memory => "memory",
            Self::Gpu => "gpu",
            Self::NodeDisk => "node_disk",
        }
    }
}
