//! Nodes: what each has, gives and has given away.

use time::OffsetDateTime;

use crate::domain::capacity::amounts::Amounts;
use crate::domain::capacity::quantity::Quantity;

/// What a node or a cluster has of each thing. Unlike of what is asked for, nothing said is not none: a
/// node that has just come says nothing yet.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Room {
    /// Cores.
    pub cpu: Option<Quantity>,
    /// Bytes.
    pub memory: Option<Quantity>,
    /// Devices. A node without a device plugin has none.
    pub gpu: Quantity,
    /// Bytes of its own disk.
    pub ephemeral: Option<Quantity>,
    /// Pods it takes.
    pub pods: Option<Quantity>,
}

impl Room {
    /// Both together; what one of them does not say is left out, and what none says stays unknown.
    #[must_use]
    pub fn with(self, other: Self) -> Self {
        Self {
            cpu: either(self.cpu, other.cpu),
            memory: either(self.memory, other.memory),
            gpu: self.gpu + other.gpu,
            ephemeral: either(self.ephemeral, other.ephemeral),
            pods: either(self.pods, other.pods),
        }
    }
}

fn either(a: Option<Quantity>, b: Option<Quantity>) -> Option<Quantity> {
    match (a, b) {
        (Some(a), Some(b)) => Some(a + b),
        (one, other) => one.or(other),
    }
}

/// What metrics tell of use at this moment: of devices and disk they know nothing.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Used {
    /// Cores.
    pub cpu: Quantity,
    /// Bytes.
    pub memory: Quantity,
}

impl Used {
    /// Both together.
    #[must_use]
    pub fn with(self, other: Self) -> Self {
        Self {
            cpu: self.cpu + other.cpu,
            memory: self.memory + other.memory,
        }
    }

    /// Unless it says less than nothing, which a pipeline does that has lost its footing.
    #[must_use]
    pub fn sane(self) -> Option<Self> {
        (!self.cpu.is_negative() && !self.memory.is_negative()).then_some(self)
    }
}

/// What pods hold and use, summed up.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Load {
    /// Pods that were given a node and are not finished.
    pub pods: u32,
    /// What is kept for them.
    pub requested: Amounts,
    /// The most they may use, as far as that is limited.
    pub limits: Amounts,
}

impl Load {
    /// Both together.
    #[must_use]
    pub fn with(self, other: Self) -> Self {
        Self {
            pods: self.pods.saturating_add(other.pods),
            requested: self.requested + other.requested,
            limits: self.limits + other.limits,
        }
    }
}

/// A node.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Node {
    /// Its name.
    pub name: String,
    /// The condition `Ready`; none when the control plane has lost sight of it.
    pub is_ready: Option<bool>,
    /// Why it is not ready, as Kubernetes words it (`KubeletNotReady`).
    pub reason: Option<String>,
    /// Since when it is not ready, where the cluster tells.
    pub not_ready_since: Option<OffsetDateTime>,
    /// Nothing new is placed there.
    pub is_cordoned: bool,
    /// Since when, where the cluster tells.
    pub cordoned_since: Option<OffsetDateTime>,
    /// `key=value:Effect`.
    pub taints: Vec<String>,
    /// What it says it suffers from: `MemoryPressure`, `DiskPressure`, `PIDPressure`, `NetworkUnavailable`.
    pub pressures: Vec<String>,
    /// What kind of machine, where a provider says.
    pub machine: Option<String>,
    /// The version of its kubelet.
    pub kubelet: Option<String>,
    /// What it has.
    pub capacity: Room,
    /// What of that it gives to pods.
    pub allocatable: Room,
    /// What pods there hold.
    pub load: Load,
    /// What is used there; none without metrics.
    pub used: Option<Used>,
}

impl Node {
    /// What it has left for new pods: nothing while it is not ready or cordoned, whatever it gives otherwise.
    /// Taints are not asked: whether a pod minds them is the pod's.
    #[must_use]
    pub fn free(&self) -> Room {
        let takes_pods = self.is_ready == Some(true) && !self.is_cordoned;
        let left = |gives: Quantity, held: Quantity| {
            if takes_pods {
                gives.less(held)
            } else {
                Quantity::ZERO
            }
        };
        let (gives, held) = (self.allocatable, self.load.requested);
        Room {
            cpu: gives.cpu.map(|cpu| left(cpu, held.cpu)),
            memory: gives.memory.map(|memory| left(memory, held.memory)),
            gpu: left(gives.gpu, held.gpu),
            ephemeral: gives.ephemeral.map(|disk| left(disk, held.ephemeral)),
            pods: gives
                .pods
                .map(|pods| left(pods, Quantity::of(i64::from(self.load.pods)))),
        }
    }
}
