//! What can go wrong with a simulated API server.

use serde::{Deserialize, Serialize};

/// What is wrong.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "fault", rename_all = "snake_case")]
pub enum Fault {
    /// Nothing.
    #[default]
    None,
    /// Every answer takes longer.
    Slow {
        /// By so many milliseconds.
        millis: u64,
    },
    /// Questions are taken, and answered once something else is wrong, or nothing.
    Silent,
    /// Every answer has this status.
    Answer {
        /// The status.
        status: u16,
    },
    /// Nobody is recognised any more.
    Unauthorized,
    /// Nodes may not be listed, as for a user with the cluster role `view` alone.
    NodesForbidden,
    /// Objects may be listed, and none got by its name.
    GetForbidden,
    /// What is asked for by its name is no object.
    GetsNonsense,
    /// The aggregated metrics interface is not there.
    NoMetrics,
    /// No OpenCost is installed.
    NoOpencost,
    /// The service of OpenCost is there, and nothing runs behind it.
    OpencostDown,
    /// OpenCost may not be asked.
    OpencostForbidden,
    /// OpenCost says `null` of some namespaces, and less than nothing of others.
    OddCosts,
    /// Continuations of lists are forgotten at once.
    Forgetful,
    /// Connections are accepted and closed.
    Closed,
    /// It shows a certificate that ran out.
    ExpiredCertificate,
    /// It shows a certificate of another authority.
    UnknownCertificate,
}
