//! The one line that says whether a person can work, and if not, why.

use serde::Serialize;
use ts_rs::TS;

/// Whether somebody can work.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct Standing {
    pub code: StandingCode,
    pub severity: Severity,
    /// Two or three words for a list cell, e.g. `"no seat"`, `"suspended"`, `"active"`.
    pub short: String,
    /// The line on the user's page; null when nothing is wrong. E.g. `"Cannot work:"`.
    pub headline: Option<String>,
    /// The reason, e.g. `"no seat on any cluster since 14 Mar 2026."`
    pub reason: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum StandingCode {
    Working,
    Deleted,
    Suspended,
    OwnerSuspended,
    NoPlan,
    NoSeat,
    ClusterInactive,
    NoHopsworksUser,
    OutOfCredits,
    CreditsLow,
    PaymentFailed,
    InstanceDown,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum Severity {
    Ok,
    Warn,
    Bad,
    Muted,
}
