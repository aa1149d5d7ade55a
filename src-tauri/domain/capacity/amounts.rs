//! Amounts of what a cluster has to give, and which of Kubernetes' keys count as what.

use std::collections::BTreeMap;
use std::ops::Add;

use crate::domain::capacity::quantity::{Quantity, QuantityError};

/// Quantities by Kubernetes' own keys (`cpu`, `memory`, `nvidia.com/gpu`, …), as objects carry them.
pub type Resources = BTreeMap<String, Quantity>;

/// Processors, memory, devices and disk of nodes. What nobody asks for is none of it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Amounts {
    /// Cores.
    pub cpu: Quantity,
    /// Bytes.
    pub memory: Quantity,
    /// Devices, of whichever vendor; a share of one that is handed out as a device counts as one.
    pub gpu: Quantity,
    /// Bytes of nodes' own disks.
    pub ephemeral: Quantity,
}

impl Amounts {
    /// What counts of these.
    #[must_use]
    pub fn of(resources: &Resources) -> Self {
        let named = |key: &str| resources.get(key).copied().unwrap_or_default();
        Self {
            cpu: named("cpu"),
            memory: named("memory"),
            gpu: resources
                .iter()
                .filter(|(key, _)| is_gpu(key))
                .map(|(_, quantity)| *quantity)
                .sum(),
            ephemeral: named("ephemeral-storage"),
        }
    }
}

impl Add for Amounts {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self {
            cpu: self.cpu + other.cpu,
            memory: self.memory + other.memory,
            gpu: self.gpu + other.gpu,
            ephemeral: self.ephemeral + other.ephemeral,
        }
    }
}

/// Whether a key names devices that compute: those of the vendors' device plugins, whole, shared, and cut
/// into parts (`nvidia.com/mig-1g.5gb`). Memory and monitoring of devices, which plugins count too, are none.
#[must_use]
pub fn is_gpu(key: &str) -> bool {
    matches!(
        key,
        "nvidia.com/gpu"
            | "nvidia.com/gpu.shared"
            | "amd.com/gpu"
            | "gpu.intel.com/i915"
            | "gpu.intel.com/xe"
    ) || key.starts_with("nvidia.com/mig-")
}

/// Reads a list of resources.
///
/// # Errors
/// When one of them is no quantity.
pub fn read<'a>(
    pairs: impl IntoIterator<Item = (&'a str, &'a str)>,
) -> Result<Resources, QuantityError> {
    pairs
        .into_iter()
        .map(|(key, text)| Ok((key.to_owned(), Quantity::parse(text)?)))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn devices_of_every_vendor_count_and_nothing_else_does() {
        let resources = read([
            ("cpu", "1500m"),
            ("memory", "1Gi"),
            ("nvidia.com/gpu", "2"),
            ("nvidia.com/gpu.shared", "4"),
            ("nvidia.com/mig-1g.5gb", "7"),
            ("amd.com/gpu", "1"),
            ("gpu.intel.com/i915", "1"),
            ("gpu.intel.com/i915_monitoring", "9"),
            ("gpu.intel.com/memory.max", "9G"),
            ("hugepages-2Mi", "9"),
        ])
        .expect("resources");
        let amounts = Amounts::of(&resources);
        assert_eq!(amounts.gpu.whole(), 15);
        assert_eq!(amounts.cpu.thousandths(), 1_500);
        assert_eq!(amounts.memory.whole(), 1 << 30);
        assert_eq!(amounts.ephemeral, Quantity::ZERO);
    }
}
