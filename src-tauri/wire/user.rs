//! The User page.

use serde::Serialize;
use ts_rs::TS;

use crate::wire::money::Money;
use crate::wire::standing::Standing;
use crate::wire::users::{Plan, TeamRole, UserStatus};

/// Head and profile of one user.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct UserProfile {
    pub id: String,
    pub email: String,
    pub name: Option<String>,
    pub company: Option<String>,
    pub status: UserStatus,
    pub standing: Standing,
    pub plan: Plan,
    pub role: TeamRole,
    /// Set for members.
    pub owner: Option<PersonRef>,
    /// Members besides the owner; 0 for members themselves.
    pub members: u32,
    pub is_admin: bool,
    pub registered_at: Option<String>,
    pub registration_source: Option<String>,
    pub registration_ip: Option<String>,
    pub last_login_at: Option<String>,
    pub login_count: Option<u32>,
    pub stripe_customer_id: Option<String>,
    pub stripe_subscription_status: Option<String>,
    pub spending_cap: Option<Money>,
    pub cluster: Option<Seat>,
    pub instance: Option<Instance>,
    /// Fields this database has no column for, by their name here, e.g. `"registration_ip"`.
    pub lacking: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct PersonRef {
    pub id: String,
    pub name: Option<String>,
    pub email: String,
    pub status: UserStatus,
}

/// A place on a cluster.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct Seat {
    pub cluster_id: String,
    pub cluster_name: String,
    pub cluster_status: String,
    pub hopsworks_username: Option<String>,
    pub assigned_at: Option<String>,
    /// `"system"`, `"admin"`, `"team_member_auto"`.
    pub assigned_by: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct Instance {
    pub name: Option<String>,
    /// https only; null when the recorded URL is not one that may be opened.
    pub url: Option<String>,
    pub status: Option<String>,
    pub activated_at: Option<String>,
}

/// The team of an owner, or the one a member belongs to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct Team {
    pub owner: PersonRef,
    pub members: Vec<TeamMember>,
    pub invites: Vec<Invite>,
    /// The whole team's cost this month.
    pub month_cost: Option<Money>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct TeamMember {
    pub person: PersonRef,
    pub joined_at: Option<String>,
    pub last_login_at: Option<String>,
    pub month_cost: Option<Money>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct Invite {
    pub email: String,
    pub role: Option<String>,
    pub state: InviteState,
    pub expires_at: Option<String>,
    pub created_at: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum InviteState {
    Pending,
    Expired,
    Accepted,
}

/// Credits of the account that pays for this user.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct Credits {
    /// Set when the account that pays is somebody else's (the team owner's).
    pub payer: Option<PersonRef>,
    pub balance: Money,
    pub paid_left: Money,
    pub paid_total: Money,
    pub free_left: Money,
    pub free_total: Money,
    /// Mean cost a day over the last 14 days; null without usage.
    pub pace: Option<Money>,
    /// ISO date; null when it does not run out at the present pace.
    pub runs_out: Option<String>,
    /// `"about 22 Nov"`, `"already out"`, `"not at the present pace"`, `"no usage in 14 days"`.
    pub runs_out_shown: String,
    pub severity: crate::wire::standing::Severity,
    pub last_purchase_at: Option<String>,
}
