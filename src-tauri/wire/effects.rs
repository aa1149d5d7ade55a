//! The switches of effects, and the authority of a cluster's certificate, as the window shows and sets them.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::domain::clusters;
use crate::domain::switches;
use crate::wire::time::rfc3339;
use crate::wire::users::ClusterRef;

/// Answer of `effects`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct EffectSwitches {
    /// In the order of effects; what counts everywhere before what counts on one cluster.
    pub switches: Vec<EffectSwitch>,
    /// Clusters that can have a switch of their own.
    pub clusters: Vec<ClusterRef>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct EffectSwitch {
    /// `"hopsworks_status"`.
    pub effect: String,
    /// Null: everywhere it is not said otherwise.
    pub cluster: Option<ClusterRef>,
    /// Null: a word that this program does not know.
    pub mode: Option<EffectMode>,
    /// The login that set it.
    pub set_by: String,
    pub set_at: String,
}

/// Whether what an action causes elsewhere really happens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum EffectMode {
    /// Nothing is sent, nothing computed.
    Off,
    /// Computed and compared, not sent.
    Shadow,
    /// It happens.
    Live,
}

impl EffectMode {
    const ALL: [Self; 3] = [Self::Off, Self::Shadow, Self::Live];

    /// The database's word for it.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Off => "off",
            Self::Shadow => "shadow",
            Self::Live => "live",
        }
    }
}

impl From<switches::Switches> for EffectSwitches {
    fn from(all: switches::Switches) -> Self {
        let clusters: Vec<ClusterRef> = all
            .clusters
            .into_iter()
            .map(|(id, name)| ClusterRef {
                id: id.to_string(),
                name,
            })
            .collect();
        let switches = all.switches.into_iter().map(|switch| EffectSwitch {
            cluster: switch.cluster.map(|id| {
                let known = clusters.iter().find(|known| known.id == id.as_str());
                known.cloned().unwrap_or_else(|| ClusterRef {
                    id: id.to_string(),
                    name: id.to_string(),
                })
            }),
            mode: EffectMode::ALL
                .into_iter()
                .find(|mode| mode.word() == switch.mode),
            effect: switch.effect,
            set_by: switch.set_by,
            set_at: rfc3339(switch.set_at),
        });
        Self {
            switches: switches.collect(),
            clusters,
        }
    }
}

/// Argument of `set_effect`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, TS)]
#[ts(export)]
pub struct EffectOrder {
    pub effect: String,
    /// The id of a cluster; null: everywhere it is not said otherwise.
    pub cluster: Option<String>,
    pub mode: EffectMode,
    pub reason: String,
}

/// The authority that signed a cluster's certificate, where no public one did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct ClusterAuthority {
    /// Its certificate, PEM.
    pub pem: String,
    pub set_by: String,
    pub set_at: String,
}

impl From<clusters::ClusterAuthority> for ClusterAuthority {
    fn from(authority: clusters::ClusterAuthority) -> Self {
        Self {
            pem: authority.pem,
            set_by: authority.set_by,
            set_at: rfc3339(authority.set_at),
        }
    }
}
