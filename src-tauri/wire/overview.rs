//! The Overview screen.

use serde::Serialize;
use ts_rs::TS;

use crate::wire::money::{Change, Money, Quantity};
use crate::wire::standing::Severity;
use crate::wire::users::UsersFilter;

/// The row of key figures.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct OverviewFigures {
    /// The current month in UTC, e.g. `"November 2026"`.
    pub month: String,
    /// `"Nov 1–20"` and `"Oct 1–20"`: the days compared.
    pub days: String,
    pub days_before: String,
    pub accounts: u32,
    pub accounts_new: u32,
    pub active: u32,
    /// `"71 %"` of accounts.
    pub active_share: Option<String>,
    /// Null when the database records no cost.
    pub cost: Option<Money>,
    pub cost_change: Change,
    pub cpu: Option<Quantity>,
    pub cpu_change: Change,
    pub gpu: Option<Quantity>,
    pub gpu_change: Change,
    pub credits: Option<CreditsOutstanding>,
    pub invoices: Option<OpenInvoices>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct CreditsOutstanding {
    pub balance: Money,
    /// Prepaid accounts that run out within 7 days at their present pace.
    pub running_out: u32,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct OpenInvoices {
    pub amount: Money,
    pub overdue: u32,
    /// Days since the oldest overdue invoice was due.
    pub oldest_days: Option<u32>,
}

/// A cluster by how full it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct ClusterFill {
    pub id: String,
    pub name: String,
    pub region: Option<String>,
    pub status: String,
    /// Seats: the limit, counted from assignments, and what the cluster's own counter says.
    pub seats_limit: Option<u32>,
    pub seats_assigned: u32,
    pub seats_recorded: Option<u32>,
    /// Whole percent of the limit, counted from assignments.
    pub filled_percent: Option<u32>,
    pub severity: Severity,
}

/// Something somebody should look at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct Attention {
    pub severity: Severity,
    pub sentence: String,
    pub leads_to: AttentionLink,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(tag = "screen", rename_all = "snake_case")]
#[ts(export)]
pub enum AttentionLink {
    /// The Users list with this filter.
    Users {
        filter: UsersFilter,
    },
    User {
        id: String,
    },
    Overview,
}
