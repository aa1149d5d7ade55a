//! The Users list.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::wire::money::Money;
use crate::wire::standing::Standing;

/// One page of the list, please.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, TS)]
#[ts(export)]
pub struct UsersQuery {
    pub filter: UsersFilter,
    pub sort: UsersSort,
    pub descending: bool,
    /// Opaque: `next` of the page before. Null for the first page.
    pub after: Option<String>,
    /// 1 to 500.
    pub limit: u16,
}

/// An empty list or null means "any".
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, TS)]
#[serde(default)]
#[ts(export)]
pub struct UsersFilter {
    /// A fragment of name or e-mail, or a whole id.
    pub text: Option<String>,
    pub statuses: Vec<UserStatus>,
    pub plans: Vec<Plan>,
    pub role: Option<TeamRole>,
    /// A cluster id.
    pub cluster: Option<String>,
    pub concern: Option<Concern>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum UsersSort {
    Created,
    Name,
    Email,
    MonthCost,
    LastLogin,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum UserStatus {
    Active,
    Suspended,
    Deleted,
}

/// `None` is a user whose plan is not chosen yet (null in the database).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum Plan {
    Prepaid,
    Postpaid,
    Free,
    None,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum TeamRole {
    /// An account owner, with or without members.
    Owner,
    /// A member of somebody's team; billed to the owner.
    Member,
}

/// Filters that the Overview's attention lines lead to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum Concern {
    /// Active, but on no cluster.
    NoSeat,
    /// Prepaid and out of credits within 7 days at the present pace, or already out.
    CreditsLow,
    /// With an invoice past its due date.
    InvoiceOverdue,
    /// Owner of a team with an invite that expired unanswered in the last 30 days.
    InviteExpired,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct UsersPage {
    pub rows: Vec<UserRow>,
    /// Hand back as `after`; null on the last page.
    pub next: Option<String>,
    /// `"1,284"` or `"about 1,900"`; null on later pages.
    pub count: Option<String>,
    /// Title of the cost column, e.g. `"Cost, Nov"`.
    pub cost_title: String,
    /// Columns this database has no data for: `"month_cost"`, `"cluster"`, `"plan"`, …
    pub lacking: Vec<String>,
    pub source: String,
    pub read_at: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct UserRow {
    pub id: String,
    /// Null where the service knows none.
    pub name: Option<String>,
    pub email: String,
    pub status: UserStatus,
    pub standing: Standing,
    pub plan: Plan,
    pub team: Option<TeamRef>,
    pub cluster: Option<ClusterRef>,
    pub month_cost: Option<Money>,
    pub created_at: Option<String>,
    pub last_login_at: Option<String>,
}

/// The team somebody belongs to, named after its owner (or the owner's company).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct TeamRef {
    pub owner_id: String,
    pub name: String,
    pub is_owner: bool,
    /// Members besides the owner.
    pub members: u32,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct ClusterRef {
    pub id: String,
    pub name: String,
}

/// Choices for the filter menus.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct UsersFacets {
    pub clusters: Vec<ClusterRef>,
}
