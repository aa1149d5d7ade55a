//! Switches of effects: which of what moves money or access in other systems really happens.

use time::OffsetDateTime;

use crate::domain::ids::ClusterId;

/// The switch of an effect.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Switch {
    /// `hopsworks_status`, …
    pub effect: String,
    /// On which cluster; `None`: everywhere it is not said otherwise.
    pub cluster: Option<ClusterId>,
    /// off, shadow or live.
    pub mode: String,
    /// Which login set it.
    pub set_by: String,
    /// When.
    pub set_at: OffsetDateTime,
}

/// Every switch, and the clusters that can have their own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Switches {
    /// In the order of effects; what counts everywhere before what counts on one cluster.
    pub switches: Vec<Switch>,
    /// By name.
    pub clusters: Vec<(ClusterId, String)>,
}
