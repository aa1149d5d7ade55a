//! A cluster at one moment, as far as it answered: what is recorded, and shown until the next one.

use std::time::Duration;

use time::OffsetDateTime;

use crate::domain::capacity::tally::Summed;

/// Why nothing is known of use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoMetrics {
    /// There is no metrics server.
    Absent,
    /// It may not be asked.
    NotAllowed,
    /// It is there and does not answer as it should.
    Silent,
}

impl NoMetrics {
    /// The word on record.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Absent => "absent",
            Self::NotAllowed => "not_allowed",
            Self::Silent => "silent",
        }
    }

    /// The reason that a word on record stands for.
    #[must_use]
    pub fn of_word(word: &str) -> Option<Self> {
        [Self::Absent, Self::NotAllowed, Self::Silent]
            .into_iter()
            .find(|reason| reason.word() == word)
    }
}

/// Nodes, pods and claims, added up.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Capacity {
    /// The sums.
    pub summed: Summed,
    /// Why nothing is known of use; none where it is measured.
    pub no_metrics: Option<NoMetrics>,
}

/// Until when certificates are good.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Certificates {
    /// The API server's; none where it was not seen (behind a proxy).
    pub server: Option<OffsetDateTime>,
    /// The one we sign in with; none where that is a token.
    pub client: Option<OffsetDateTime>,
}

/// How a Kubernetes is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KubernetesHealth {
    /// `v1.34.2`.
    pub version: String,
    /// From asking for its version to having it, over a connection that stands.
    pub latency: Duration,
    /// Until when certificates are good.
    pub certificates: Certificates,
}

/// How a Hopsworks is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HopsworksHealth {
    /// Where it tells.
    pub version: Option<String>,
    /// From asking whether it is alive to having the answer.
    pub latency: Duration,
    /// Until when its certificate is good; none over plain http.
    pub certificate: Option<OffsetDateTime>,
}

/// Why a part of a cluster is not known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unknown {
    /// A stable word.
    pub code: String,
    /// A sentence that says what to do, without a secret.
    pub sentence: String,
}

/// A cluster at one moment. Its parts fail by themselves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Snapshot {
    /// Its Hopsworks.
    pub hopsworks: Result<HopsworksHealth, Unknown>,
    /// Its Kubernetes.
    pub kubernetes: Result<KubernetesHealth, Unknown>,
    /// What it carries; unknown where Kubernetes is, and where that does not let everything be listed.
    pub capacity: Result<Capacity, Unknown>,
}
